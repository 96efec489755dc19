"""What waits for Khalti to be asked, and when that was last done."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from tests.doctor.conftest import only
from wagtail_khalti.actions import reconcile
from wagtail_khalti.conf import configuration
from wagtail_khalti.doctor import Level
from wagtail_khalti.doctor.last_run import last_reconcile
from wagtail_khalti.doctor.waiting import in_progress, missing_merchants, overdue, unconfirmed_refunds
from wagtail_khalti.lookups.leases import lease_due_payments
from wagtail_khalti.lookups.run_breaker import MIN_FAILURES
from wagtail_khalti.models import KhaltiIssue, KhaltiPayment, KhaltiRefund, KhaltiRun
from wagtail_khalti.models.status import Status
from wagtail_khalti.testing.factories import PaymentFactory, RefundFactory

pytestmark = [pytest.mark.every_database, pytest.mark.django_db]


@pytest.fixture
def start(db):
    """Another payment that waits at Khalti."""
    return PaymentFactory


def before(**ago):
    return timezone.now() - timedelta(**ago)


def change(payment, **columns):
    KhaltiPayment.objects.filter(pk=payment.pk).update(**columns)


def test_a_site_where_nothing_is_due_needs_no_run():
    assert only(last_reconcile()).level == Level.OK


def test_never_run_although_something_is_due(start):
    change(start(), next_check_at=before(seconds=1))

    finding = only(last_reconcile())

    assert (finding.level, finding.name) == (Level.WARNING, "never_reconciled")
    assert "khalti_reconcile --verbosity 0" in finding.remedy
    assert "khalti_reconcile" in finding.remedy


def test_run_just_now(start):
    reconcile()
    change(start(), next_check_at=before(seconds=1))

    finding = only(last_reconcile())

    assert (finding.level, finding.name) == (Level.OK, "reconciled")


@pytest.mark.parametrize(("minutes", "is_due", "level"), [(16, True, "warning"), (16, False, "ok"), (14, True, "ok")])
def test_long_ago_matters_only_while_something_is_due(start, minutes, is_due, level):
    reconcile()
    KhaltiRun.objects.update(begun_at=before(minutes=minutes), finished_at=before(minutes=minutes))
    if is_due:
        change(start(), next_check_at=before(seconds=1))

    finding = only(last_reconcile())

    assert finding.level == level
    assert bool(finding.remedy) == (level == "warning")


def test_a_run_that_was_killed(start):
    reconcile()
    change(start(), next_check_at=before(seconds=1))
    with time_machine.travel(before(minutes=20)):
        KhaltiRun.begin(KhaltiRun.Work.RECONCILE)
    KhaltiRun.objects.update(finished_at=before(hours=1))

    finding = only(last_reconcile())

    assert (finding.level, finding.name) == (Level.WARNING, "not_reconciled")
    assert "did not finish" in finding.sentence


@pytest.mark.django_db(transaction=True)
def test_a_long_run_that_is_at_work(khalti, start):
    first, second = start(), start()
    for payment in (first, second):
        change(payment, next_check_at=before(minutes=1))
    with time_machine.travel(before(minutes=20)):
        KhaltiRun.begin(KhaltiRun.Work.RECONCILE)
    lease_due_payments(1, configuration().merchants.values())

    finding = only(last_reconcile())

    assert (finding.level, finding.name) == (Level.OK, "running")


def test_a_run_that_khalti_did_not_answer(khalti, start):
    khalti.trouble("lookup", "too_many_requests", times=99)
    for _ in range(MIN_FAILURES + 1):
        change(start(), next_check_at=before(seconds=1))
    done = reconcile()

    finding = only(last_reconcile())

    assert (finding.level, finding.name) == (Level.WARNING, "reconciled")
    assert done.skipped["default"] in finding.sentence


def test_a_run_that_broke_down():
    KhaltiRun.begin(KhaltiRun.Work.RECONCILE).finish({"broken": 3})

    finding = only(last_reconcile())

    assert (finding.level, finding.numbers["broken"]) == (Level.WARNING, 3)


def test_nothing_is_due(start):
    start()

    assert (only(overdue()).level, only(overdue()).numbers["due"]) == (Level.OK, 0)


@pytest.mark.parametrize(("minutes", "level"), [(14, Level.OK), (16, Level.WARNING)])
def test_how_many_are_due_and_since_when(start, minutes, level):
    longest, other = start(), start()
    change(longest, next_check_at=before(minutes=minutes))
    change(other, next_check_at=before(minutes=1))

    finding = only(overdue())

    assert finding.level == level
    assert longest.reference in finding.sentence
    assert finding.numbers == {"due": 2, "overdue": int(level == Level.WARNING)}


@pytest.mark.parametrize(
    ("columns", "is_told"),
    [
        ({"expires_at": 61}, True),
        ({"expires_at": 61, "status": Status.PENDING}, True),
        ({"expires_at": None, "initiated_at": 61}, True),
        ({"expires_at": 30}, False),
        ({"expires_at": 61, "status": Status.COMPLETED}, False),
        ({"expires_at": 61, "pidx": None}, False),
    ],
)
def test_payments_that_khalti_does_not_decide(start, columns, is_told):
    payment = start()
    change(
        payment, **{name: before(minutes=value) if isinstance(value, int) else value for name, value in columns.items()}
    )

    finding = only(in_progress())

    assert finding.level == (Level.WARNING if is_told else Level.OK)
    assert finding.references == ((payment.reference,) if is_told else ())


def test_the_oldest_open_payment_is_first_and_tests_are_apart(start, settings):
    real = {"MODE": "live", "SECRET_KEY": "a-key"}
    settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "MERCHANTS": {"books": real}}
    payments = [start() for _ in range(5)]
    for hours, payment in enumerate(payments, start=2):
        change(payment, expires_at=before(hours=hours))
    change(payments[1], merchant="books", mode="live")

    finding = only(in_progress())

    assert finding.numbers == {"live": 1, "test": 4}
    assert finding.references == tuple(payment.reference for payment in reversed(payments[2:]))


@pytest.fixture
def doubtful(db):
    """Another payment with a refund whose request was lost, begun so many minutes ago, and not asked about since."""

    def give_back(minutes, **columns):
        refund = RefundFactory(lost=True)
        KhaltiRefund.objects.filter(pk=refund.pk).update(created_at=before(minutes=minutes))
        change(refund.payment, **columns)
        return refund.payment

    return give_back


def test_refunds_that_are_decided_or_young_are_no_trouble(doubtful):
    RefundFactory(payment__at=before(days=10), at=before(days=9))
    doubtful(59)

    finding = only(unconfirmed_refunds())

    assert (finding.level, finding.name) == (Level.OK, "refunds_confirmed")


def test_refunds_that_are_long_in_doubt(doubtful):
    payments = [doubtful(61 + minutes) for minutes in range(5)]
    change(payments[0], mode="live")

    finding = only(unconfirmed_refunds())

    assert (finding.level, finding.name) == (Level.WARNING, "unconfirmed_refunds")
    assert finding.numbers == {"live": 1, "test": 4}
    assert finding.references == tuple(payment.reference for payment in reversed(payments[2:]))
    assert "1 hour, 5 minutes" in finding.sentence


@pytest.mark.parametrize("state", ["requested", "processing"])
def test_refunds_of_a_killed_process_that_nobody_looked_up(doubtful, state):
    payment = doubtful(61, merchant="gone")
    KhaltiRefund.objects.update(state=state)

    assert only(unconfirmed_refunds()).references == (payment.reference,)


def test_an_unconfirmed_refund_is_told_by_its_open_issue(doubtful):
    payment = doubtful(61)
    issue = KhaltiIssue.objects.create(payment=payment, kind=KhaltiIssue.Kind.REFUND_UNCONFIRMED)
    assert only(unconfirmed_refunds()).level == Level.OK

    KhaltiIssue.objects.filter(pk=issue.pk).update(is_open=None)
    assert only(unconfirmed_refunds()).references == (payment.reference,)


def test_a_refund_without_amount_is_told_by_its_open_issue():
    payment = RefundFactory(nameless=True).payment
    payment.refunds.update(created_at=before(minutes=61))
    assert only(unconfirmed_refunds()).level == Level.OK

    payment.issues.update(is_open=None)
    assert only(unconfirmed_refunds()).references == (payment.reference,)


def test_payments_of_a_merchant_that_is_configured(start):
    start()

    assert list(missing_merchants()) == []


@pytest.mark.parametrize(
    ("columns", "level"),
    [
        ({"merchant": "books"}, Level.WARNING),
        ({"mode": "sandbox"}, Level.WARNING),
        ({"mode": "live"}, Level.ERROR),
        ({"mode": "live", "status": Status.COMPLETED}, Level.WARNING),
    ],
)
def test_payments_that_nobody_can_ask_about_any_more(start, columns, level):
    change(start(), **columns)

    finding = only(missing_merchants())

    assert (finding.level, finding.name) == (level, "merchant_gone")
    assert finding.numbers == {"payments": 1, "in_progress": int("status" not in columns)}


def test_old_unchecked_payments_may_be_of_missing_merchants(start):
    change(start(), merchant="books", next_check_at=None)

    assert list(missing_merchants()) == []


def test_what_nobody_asks_about_is_no_reason_to_run(start):
    change(start(), merchant="books", next_check_at=before(hours=9), expires_at=before(hours=9))

    assert only(last_reconcile()).level == only(overdue()).level == only(in_progress()).level == Level.OK


def test_settings_that_cannot_be_read_leave_nobody_behind(start, settings):
    start()
    settings.WAGTAIL_KHALTI = {"MODE": "production"}

    assert list(missing_merchants()) == []
