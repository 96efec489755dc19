"""Money that comes after Khalti had said that none would."""

from datetime import timedelta

import pytest

from tests.payments import answer, event_types, issues, make_due
from wagtail_khalti.actions import check_payment, reconcile
from wagtail_khalti.ledger.apply_lookup import apply_lookup
from wagtail_khalti.models import KhaltiIssue, KhaltiPayment

pytestmark = [pytest.mark.every_database, pytest.mark.django_db]
ENDS = {"cancel": "Cancelled", "expire": "Expired", "fail": "Failed"}


@pytest.fixture(params=ENDS)
def late(request, khalti, payment):
    """Ended, as far as the site knows; then paid."""
    getattr(khalti, request.param)(payment)
    check_payment(payment)
    khalti.pay(payment)
    return KhaltiPayment.objects.get(pk=payment.pk), ENDS[request.param]


def test_it_is_taken_flagged_delivered_and_shown_to_a_person(late, heard):
    payment, end = late

    check_payment(payment)

    payment.refresh_from_db()
    assert (payment.status, payment.is_late) == ("completed", True)
    assert [event_type for event_type, _reference in heard] == ["completed", "needs_attention"]
    issue = payment.issues.get()
    assert issue.kind == KhaltiIssue.Kind.LATE_PAYMENT
    assert issue.sentence == (
        f"Rs\xa01,500 was paid after the payment had ended as “{end}”. The site was notified of both."
    )


def test_a_run_finds_it_without_any_visitor(late):
    payment, _end = late
    make_due()

    reconcile()

    payment.refresh_from_db()
    assert (payment.status, payment.is_late) == ("completed", True)


def test_it_is_told_once(late):
    payment, _end = late

    for _time in range(3):
        check_payment(payment)

    assert event_types(payment) == ["ended", "completed", "needs_attention"]
    assert issues(payment) == ["late_payment"]


def test_late_money_that_went_back_at_once_is_told_too(late, khalti):
    payment, _end = late
    khalti.refund_in_dashboard(payment)

    check_payment(payment)

    assert event_types(payment) == ["ended", "needs_attention", "refunded"]
    assert issues(payment) == ["late_payment"]


def test_a_payment_in_time_is_no_issue_for_anyone(khalti, payment):
    khalti.pay(payment)

    check_payment(payment)

    assert issues(payment) == []


@pytest.mark.parametrize(("seconds", "is_a_matter"), [(-1, False), (0, False), (1, True)])
def test_an_older_parallel_answer_reverses_nothing(khalti, payment, seconds, is_a_matter):
    """Of two questions on their way at once, the later one may have the older answer."""
    khalti.pay(payment)
    check_payment(payment)
    requested_at = payment.completed_at + timedelta(seconds=seconds)

    apply_lookup(payment, answer(payment, "Expired"), requested_at=requested_at)

    assert issues(payment) == ["unexpected_status"] * is_a_matter
    assert KhaltiPayment.objects.get().status == "completed"
