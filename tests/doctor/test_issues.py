"""What waits for the site's code, and what waits for a person."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.doctor.conftest import only
from tests.payments import on  # noqa: F401 - a fixture
from wagtail_khalti.actions import check_payment, redeliver
from wagtail_khalti.doctor import Level
from wagtail_khalti.doctor.issues import open_issues, undelivered
from wagtail_khalti.models import KhaltiDelivery, KhaltiIssue
from wagtail_khalti.outbox import FAILURES_TO_OPEN_ISSUE
from wagtail_khalti.testing.factories import DeliveryFactory, IssueFactory, PaymentFactory

pytestmark = [pytest.mark.every_database, pytest.mark.django_db]


class ShopIsClosed(Exception):
    """The site's code fails on the event."""


def fail(**kwargs):
    raise ShopIsClosed("Sita Sharma, 9800000001")


def test_all_events_were_delivered():
    PaymentFactory(completed=True)

    assert only(undelivered()).level == Level.OK


@pytest.mark.parametrize(("minutes", "level"), [(1, Level.OK), (16, Level.WARNING)])
def test_events_that_wait_for_the_next_run(minutes, level):
    payment = DeliveryFactory(pending=True, next_try_at=timezone.now() - timedelta(minutes=minutes)).payment

    finding = only(undelivered())

    assert (finding.level, finding.name) == (level, "undelivered")
    assert finding.references == (payment.reference,)


def test_a_failing_event_is_told_with_only_the_kind_of_error(paid, on):  # noqa: F811 - the fixture
    on("completed", fail)
    payment = paid()

    finding = only(undelivered())

    assert (finding.level, finding.name) == (Level.WARNING, "delivery_failing")
    assert "ShopIsClosed" in finding.sentence
    assert "Sita" not in str(finding)
    assert finding.references == (payment.reference,)


def test_events_that_fail_again_and_again_are_an_error(paid, on):  # noqa: F811 - the fixture
    on("completed", fail)
    payment = paid()
    for _ in range(FAILURES_TO_OPEN_ISSUE - 1):
        redeliver(payment.deliveries.get())

    finding = only(undelivered())

    assert (finding.level, finding.numbers) == (Level.ERROR, {"count": 1, "attempts": FAILURES_TO_OPEN_ISSUE})


def test_events_behind_one_that_fails_are_counted_apart(khalti, paid, on):  # noqa: F811 - the fixture
    on("completed", fail)
    payment = paid()
    khalti.refund_in_dashboard(payment)
    check_payment(payment)

    assert {finding.name for finding in undelivered()} == {"delivery_failing", "undelivered"}
    assert KhaltiDelivery.objects.undelivered().count() == 2


def test_no_issue_is_open():
    PaymentFactory(completed=True)

    assert only(open_issues()).level == Level.OK


def test_open_matters_by_kind():
    kind = KhaltiIssue.Kind.AMOUNT_MISMATCH
    IssueFactory(kind=kind, resolved=True)
    payments = [IssueFactory(kind=kind).payment for _ in range(3)]
    IssueFactory(kind=KhaltiIssue.Kind.UNKNOWN_STATUS)

    amount, status = open_issues()

    assert (amount.name, amount.numbers) == ("issue_amount_mismatch", {"count": 3})
    assert amount.level == status.level == Level.WARNING
    assert amount.references == tuple(payment.reference for payment in payments)
    assert (status.name, status.numbers) == (f"issue_{KhaltiIssue.Kind.UNKNOWN_STATUS}", {"count": 1})
