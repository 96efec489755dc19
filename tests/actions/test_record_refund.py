"""Money that went back in cash, by bank transfer, or in Khalti's dashboard where Khalti can't show it, is noted."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from tests.payments import issues, kinds
from tests.shop.models import Order
from wagtail_khalti.actions import check_payment, record_refund, refund_payment
from wagtail_khalti.exceptions import (
    AmountExceedsRefundable,
    AmountTooSmall,
    FullyRefunded,
    NotPaid,
    RefundInProgress,
    RefundsChanged,
)
from wagtail_khalti.models import KhaltiPayment, KhaltiRefund
from wagtail_khalti.models.references import new_reference
from wagtail_khalti.models.refund import Method
from wagtail_khalti.models.status import PAID, Status
from wagtail_khalti.simulator.disturbance.faults import Fault

pytestmark = [pytest.mark.every_database, pytest.mark.django_db, pytest.mark.usefixtures("books")]
MADE_ELSEWHERE = [Method.CASH, Method.BANK_TRANSFER, Method.DASHBOARD]


def stored(payment):
    return KhaltiPayment.objects.get(pk=payment.pk)


@pytest.mark.parametrize("method", MADE_ELSEWHERE)
def test_it_is_noted_and_khalti_is_not_asked(khalti, completed, manager, heard, method):
    calls = khalti.calls("refund"), khalti.calls("lookup")

    refund = record_refund(completed, 50_000, method=method, reason="Wrong size", by=manager)

    assert KhaltiRefund.objects.get() == refund
    assert (refund.state, refund.method, refund.amount, refund.refundable) == ("external", method, 50_000, 100_000)
    assert (refund.reason, refund.requested_by, refund.sent_at) == ("Wrong size", manager, None)
    assert refund.resolved_at is not None
    payment = stored(completed)
    assert (payment.refund_total, payment.refundable, payment.refunding_since) == (50_000, 100_000, None)
    assert payment.status == Status.COMPLETED, "which only Khalti changes"
    assert (khalti.calls("refund"), khalti.calls("lookup")) == calls
    assert heard == [("refunded", payment.reference)]


def test_it_is_in_the_history(completed, manager):
    refund = record_refund(completed, 50_000, method=Method.CASH, by=manager)

    event = completed.events.get(kind="refund_recorded")
    assert (event.actor, event.user) == ("staff", manager)
    assert event.data == {"refund": refund.reference, "amount": 50_000, "method": "cash", "note": ""}


def test_what_all_went_back_in_cash_can_be_bought_again(khalti, make_payment):
    order = Order.objects.create()
    payment = make_payment(payable=order)
    khalti.pay(payment)
    check_payment(payment)

    refund = record_refund(payment, 150_000, method=Method.CASH)

    assert (refund.refundable, stored(payment).is_primary) == (0, None)
    with pytest.raises(FullyRefunded):
        refund_payment(payment)
    with pytest.raises(FullyRefunded):
        record_refund(payment, 1, method=Method.CASH)
    again = make_payment(payable=order)
    khalti.pay(again)
    assert check_payment(again).is_primary


def test_the_next_lookups_change_nothing_about_it(khalti, completed):
    record_refund(completed, 150_000, method=Method.CASH)

    for _time in range(2):
        check_payment(completed)

    assert (stored(completed).status, KhaltiRefund.objects.count(), issues(completed)) == ("completed", 1, [])


def test_a_refund_recorded_before_a_lookup_is_not_counted_twice(khalti, completed):
    khalti.refund_in_dashboard(completed, amount=50_000)
    record_refund(completed, 50_000, method=Method.DASHBOARD)

    check_payment(completed)

    assert KhaltiRefund.objects.get().amount == 50_000
    assert (stored(completed).status, issues(completed)) == (Status.PARTIALLY_REFUNDED, [])


def test_a_second_payment_can_be_settled_in_cash(khalti, make_payment, manager, heard):
    order = Order.objects.create()
    first, second = make_payment(payable=order), make_payment(payable=order)
    for payment in (first, second):
        khalti.pay(payment)
        check_payment(payment)
    heard.clear()

    record_refund(second, 150_000, method=Method.CASH, by=manager)

    assert (issues(second), heard, stored(first).is_primary) == ([], [], True)


# What can't be noted.


@pytest.fixture
def nothing_is_noted():
    """Whatever the test does."""

    def everything():
        return [list(model.objects.order_by("pk").values()) for model in (KhaltiRefund, KhaltiPayment)]

    before, history = everything(), {payment: kinds(payment) for payment in KhaltiPayment.objects.all()}
    yield
    assert everything() == before
    assert {payment: kinds(payment) for payment in history} == history


@pytest.mark.parametrize(
    ("amount", "error"),
    [(0, AmountTooSmall), (-1, AmountTooSmall), (150_001, AmountExceedsRefundable), (10**40, AmountExceedsRefundable)]
    + [(amount, TypeError) for amount in (None, True, 500.0, Decimal(500), "500")],
)
def test_what_is_no_amount_or_too_much(completed, nothing_is_noted, amount, error):
    with pytest.raises(error):
        record_refund(completed, amount, method=Method.CASH)


@pytest.mark.parametrize("method", [Method.KHALTI, "khalti", "cheque", "", None])
def test_another_way(completed, nothing_is_noted, method):
    with pytest.raises(ValueError, match=r"refund_payment|is not a valid Method"):
        record_refund(completed, 50_000, method=method)


def test_a_person_without_the_permission(completed, cashier, nothing_is_noted):
    with pytest.raises(PermissionDenied):
        record_refund(completed, 50_000, method=Method.CASH, by=cashier)


def test_a_reason_that_is_too_long(completed, nothing_is_noted):
    with pytest.raises(ValueError, match="reason is too long"):
        record_refund(completed, 50_000, method=Method.CASH, reason="x" * 256)


def test_something_else_is_left_than_was_seen(completed):
    record_refund(completed, 50_000, method=Method.CASH, refundable=150_000)

    with pytest.raises(RefundsChanged):
        record_refund(completed, 50_000, method=Method.CASH, refundable=150_000)  # a double click

    assert stored(completed).refund_total == 50_000


@pytest.mark.parametrize("status", sorted(set(Status) - PAID))
def test_a_payment_that_was_not_paid(khalti, status):
    payment = KhaltiPayment.objects.create(amount=150_000, status=status, purchase_order_id=new_reference())

    with pytest.raises(NotPaid):
        record_refund(payment, 50_000, method=Method.CASH)

    assert not KhaltiRefund.objects.exists()


def test_a_payment_whose_refund_is_in_doubt(khalti, completed):
    khalti.trouble("refund", Fault.RESET_BEFORE)
    refund_payment(completed, 50_000)

    with pytest.raises(RefundInProgress):
        record_refund(completed, 50_000, method=Method.CASH)


def test_a_payment_of_which_nobody_knows_how_much_went_back(khalti, completed):
    khalti.refund_in_dashboard(completed, amount=50_000)
    check_payment(completed)

    with pytest.raises(RefundInProgress, match="Enter the amount"):
        record_refund(completed, 50_000, method=Method.DASHBOARD)


@pytest.mark.django_db(transaction=True)
def test_it_is_refused_inside_a_transaction(completed):
    with pytest.raises(RuntimeError, match=r"record_refund\(\) .* inside a transaction"), transaction.atomic():
        record_refund(completed, 50_000, method=Method.CASH)

    assert not KhaltiRefund.objects.exists()


def test_it_needs_no_khalti(khalti, completed, settings):
    """Also where the merchant is not configured any more."""
    KhaltiPayment.objects.update(merchant="books")
    completed.refresh_from_db()

    assert record_refund(completed, 50_000, method=Method.CASH).state == "external"
