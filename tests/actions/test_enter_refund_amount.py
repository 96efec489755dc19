"""A person enters how much went back in Khalti's dashboard, which Khalti's API does not tell."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from tests.payments import event_types, issues
from tests.shop.models import Order
from wagtail_khalti.actions import check_payment, enter_refund_amount, record_refund, refund_payment, resolve_issue
from wagtail_khalti.exceptions import (
    AmountExceedsRefundable,
    AmountTooSmall,
    FullyRefunded,
    RefundAlreadyResolved,
    RefundInProgress,
)
from wagtail_khalti.models import KhaltiIssue, KhaltiPayment, KhaltiRefund
from wagtail_khalti.models.refund import Method
from wagtail_khalti.models.status import Status

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("books")]


def stored(row):
    return type(row).objects.get(pk=row.pk)


@pytest.fixture
def nameless(khalti, completed):
    """Rs 600 that went back in the dashboard; nobody has entered how much it was."""
    khalti.refund_in_dashboard(completed, amount=60_000)
    check_payment(completed)
    refund = KhaltiRefund.objects.get()
    assert refund.lacks_amount
    return refund


def test_from_then_on_it_counts(khalti, nameless, manager):
    calls = khalti.calls("refund"), khalti.calls("lookup")

    returned = enter_refund_amount(nameless, 60_000, by=manager, note="As the dashboard shows")

    assert returned is nameless
    for refund in (nameless, stored(nameless)):
        assert (refund.state, refund.method, refund.amount) == ("external", "dashboard", 60_000)
        assert (refund.refundable, refund.requested_by, refund.lacks_amount) == (90_000, manager, False)
        assert refund.resolved_at is not None
    payment = stored(nameless.payment)
    assert (payment.refund_total, payment.status) == (60_000, Status.PARTIALLY_REFUNDED)
    assert (khalti.calls("refund"), khalti.calls("lookup")) == calls


def test_the_site_hears_of_it_then(nameless, heard):
    enter_refund_amount(nameless, 60_000)

    assert heard == [("refunded", nameless.payment.reference)]


def test_who_entered_it_is_on_the_record(nameless, manager):
    enter_refund_amount(nameless, 60_000, by=manager, note="As the dashboard shows")

    event = nameless.payment.events.filter(kind="refund_recorded").latest("pk")
    assert (event.actor, event.user) == ("staff", manager)
    assert (event.data["amount"], event.data["note"]) == (60_000, "As the dashboard shows")
    issue = nameless.payment.issues.get()
    assert (issue.is_open, issue.resolution, issue.resolved_by) == (None, "resolved", manager)
    assert issue.note == "As the dashboard shows"


@pytest.mark.every_database
def test_then_the_rest_can_be_given_back(khalti, nameless, line):
    with pytest.raises(RefundInProgress):
        refund_payment(nameless.payment)
    enter_refund_amount(nameless, 60_000)

    refund = refund_payment(nameless.payment)

    assert line.refunds == [{"amount": 90_000}]
    assert (refund.state, refund.refundable) == ("succeeded", 0)


def test_an_amount_that_was_entered_wrongly_shows_in_the_end(khalti, nameless):
    """Khalti gives back what is really left, and says so; no sum is beyond what was paid."""
    enter_refund_amount(nameless, 50_000)
    khalti.refund_in_dashboard(nameless.payment)

    check_payment(nameless.payment)

    assert list(KhaltiRefund.objects.values_list("amount", flat=True)) == [50_000, 100_000]


@pytest.mark.parametrize(
    ("amount", "error"),
    [(0, AmountTooSmall), (-1, AmountTooSmall)]
    + [(amount, AmountExceedsRefundable) for amount in (150_000, 150_001, 10**40)]
    + [(amount, TypeError) for amount in (None, True, 600.0, Decimal(600), "600")],
)
def test_what_is_no_amount_or_no_part(nameless, amount, error):
    """Had all gone back, Khalti would say Refunded."""
    with pytest.raises(error):
        enter_refund_amount(nameless, amount)

    assert stored(nameless).lacks_amount
    assert issues(nameless.payment) == ["refund_amount_missing"]


@pytest.mark.every_database
def test_the_largest_part_is_all_but_one_paisa(nameless):
    assert enter_refund_amount(nameless, 149_999).refundable == 1


@pytest.mark.every_database
def test_it_is_entered_once(nameless, heard):
    other = stored(nameless)
    enter_refund_amount(nameless, 60_000)

    with pytest.raises(RefundAlreadyResolved, match="is known"):
        enter_refund_amount(other, 50_000)

    assert stored(nameless).amount == 60_000
    assert len(heard) == 1


@pytest.mark.every_database
def test_what_khalti_found_out_meanwhile_stands(khalti, nameless):
    other = stored(nameless)
    khalti.refund_in_dashboard(nameless.payment)
    check_payment(nameless.payment)

    with pytest.raises(RefundAlreadyResolved):
        enter_refund_amount(other, 60_000)

    assert stored(nameless).amount == 150_000


def test_a_refund_of_ours_has_its_amount(khalti, completed):
    refund = refund_payment(completed, 50_000)

    with pytest.raises(RefundAlreadyResolved):
        enter_refund_amount(refund, 60_000)


def test_it_needs_the_permission(nameless, cashier):
    with pytest.raises(PermissionDenied):
        enter_refund_amount(nameless, 60_000, by=cashier)

    assert stored(nameless).lacks_amount


@pytest.mark.django_db(transaction=True)
@pytest.mark.every_database
def test_it_is_refused_inside_a_transaction(nameless):
    with pytest.raises(RuntimeError, match=r"enter_refund_amount\(\) .* inside a transaction"), transaction.atomic():
        enter_refund_amount(nameless, 60_000)

    assert stored(nameless).lacks_amount


def test_the_issue_stays_open_without_an_amount(nameless, manager):
    with pytest.raises(RefundInProgress):
        resolve_issue(nameless.payment.issues.get(), resolution=KhaltiIssue.Resolution.NO_ACTION_NEEDED, by=manager)

    assert issues(nameless.payment) == ["refund_amount_missing"]


# Where some had gone back past Khalti, which knows nothing of it.


@pytest.mark.parametrize(
    ("in_cash", "counted", "refundable", "excess"),
    [(90_000, 60_000, 0, 0), (90_001, 59_999, 0, 1), (100_000, 50_000, 0, 10_000)],
)
@pytest.mark.every_database
def test_of_what_went_back_twice_only_the_rest_counts(khalti, completed, in_cash, counted, refundable, excess):
    record_refund(completed, in_cash, method=Method.CASH)
    khalti.refund_in_dashboard(completed, amount=60_000)
    check_payment(completed)
    nameless = KhaltiRefund.objects.get(method=Method.DASHBOARD)

    enter_refund_amount(nameless, 60_000)

    assert (stored(nameless).amount, stored(nameless).refundable) == (counted, refundable)
    assert stored(completed).refund_total == 150_000
    assert issues(completed) == ["over_refunded"] * bool(excess)
    assert all(issue.details == {"excess": excess} for issue in completed.issues.open())


def test_after_a_full_cash_refund_the_amount_is_an_over_refund(khalti, completed, heard):
    record_refund(completed, 150_000, method=Method.CASH)
    khalti.refund_in_dashboard(completed, amount=60_000)
    check_payment(completed)
    nameless = KhaltiRefund.objects.get(method=Method.DASHBOARD)
    heard.clear()

    enter_refund_amount(nameless, 60_000)

    refund = stored(nameless)
    assert (refund.amount, refund.refundable, refund.lacks_amount) == (None, 0, False)
    assert refund.payment.events.filter(kind="refund_recorded").latest("pk").data["amount"] == 60_000
    assert issues(completed) == ["over_refunded"]
    assert heard == [("needs_attention", completed.reference)], "nothing more went back of what was paid"
    with pytest.raises(FullyRefunded):
        refund_payment(completed)


def test_a_part_of_a_duplicate_is_no_event_of_the_order(khalti, make_payment, heard):
    order = Order.objects.create()
    first, second = make_payment(payable=order), make_payment(payable=order)
    for payment in (first, second):
        khalti.pay(payment)
        check_payment(payment)
    khalti.refund_in_dashboard(second, amount=60_000)
    check_payment(second)
    heard.clear()

    enter_refund_amount(KhaltiRefund.objects.get(), 60_000)

    assert heard == []
    assert "refunded" not in event_types(second)
    assert KhaltiPayment.objects.get(pk=first.pk).is_primary
