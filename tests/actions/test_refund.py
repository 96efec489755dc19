"""Money goes back through Khalti: all of it, or a part, at most once."""

import pytest
from django.db import connection, transaction

from tests.payments import issues, kinds
from tests.shop.models import Order
from wagtail_khalti.actions import check_payment, record_refund, refund_payment
from wagtail_khalti.exceptions import RefundInProgress
from wagtail_khalti.models import KhaltiPayment, KhaltiRefund
from wagtail_khalti.models.refund import Method
from wagtail_khalti.models.status import Status
from wagtail_khalti.simulator import control

pytestmark = [pytest.mark.every_database, pytest.mark.django_db, pytest.mark.usefixtures("books")]

WHOLE_WAY = [
    "refund_requested",
    "looked_up",
    "refund_sent",
    "refund_accepted",
    "looked_up",
    "status_changed",
    "refund_succeeded",
]


def stored(payment):
    return KhaltiPayment.objects.get(pk=payment.pk)


def given_back_at_khalti(payment):
    return next(entry.returned for entry in control.payments() if entry.pidx == payment.pidx)


def test_all_of_it_goes_back(khalti, completed, heard):
    refund = refund_payment(completed)

    assert (refund.state, refund.method, refund.amount, refund.refundable) == ("succeeded", "khalti", 150_000, 0)
    assert KhaltiRefund.objects.get().state == "succeeded"
    payment = stored(completed)
    assert (payment.status, payment.refund_total, payment.refundable) == (Status.REFUNDED, 150_000, 0)
    assert (payment.refunding_since, payment.next_check_at) == (None, None)
    assert given_back_at_khalti(payment) == 150_000
    assert heard == [("refunded", payment.reference)]


def test_the_way_of_a_refund_is_in_the_history(khalti, completed):
    before = kinds(completed)

    refund = refund_payment(completed, reason="Wrong size")

    assert kinds(completed) == before + WHOLE_WAY
    requested = completed.events.get(kind="refund_requested")
    assert requested.data == {"refund": refund.reference, "amount": 150_000, "reason": "Wrong size"}
    assert (requested.actor, requested.user) == ("system", None)
    assert completed.events.get(kind="refund_accepted").data["answer"] == "Transaction refund successful."
    assert refund.answer == "Transaction refund successful."
    assert refund.created_at <= refund.sent_at <= refund.resolved_at
    assert (refund.reason, refund.requested_by) == ("Wrong size", None)


def test_the_object_in_hand_is_as_the_row(khalti, completed):
    refund = refund_payment(completed, 50_000)

    assert refund.payment is completed
    row, payment = KhaltiRefund.objects.get(), stored(completed)
    columns = [field.attname for field in KhaltiRefund._meta.concrete_fields]
    assert [getattr(refund, name) for name in columns] == [getattr(row, name) for name in columns]
    for name in ("status", "refund_total", "refunding_since", "is_primary", "khalti_status", "next_check_at"):
        assert getattr(completed, name) == getattr(payment, name), name


def test_a_part_goes_back(khalti, completed, heard):
    refund = refund_payment(completed, 50_000)

    assert (refund.state, refund.amount, refund.refundable) == ("succeeded", 50_000, 100_000)
    payment = stored(completed)
    assert (payment.status, payment.refund_total, payment.refundable) == (Status.PARTIALLY_REFUNDED, 50_000, 100_000)
    assert payment.next_check_at is not None, "somebody may give more back in the dashboard"
    assert given_back_at_khalti(payment) == 50_000
    assert heard == [("refunded", payment.reference)]


def test_it_goes_back_part_by_part_until_nothing_is_left(khalti, completed, heard):
    refunds = [refund_payment(completed, 50_000), refund_payment(completed, 1), refund_payment(completed)]

    assert [(refund.state, refund.amount, refund.refundable) for refund in refunds] == [
        ("succeeded", 50_000, 100_000),
        ("succeeded", 1, 99_999),
        ("succeeded", 99_999, 0),
    ]
    assert stored(completed).status == Status.REFUNDED
    assert given_back_at_khalti(completed) == 150_000
    assert heard == [("refunded", completed.reference)] * 3
    assert issues(completed) == []


def test_what_khalti_is_asked_for(khalti, completed, line):
    refund_payment(completed, 50_000)
    refund_payment(completed)

    assert line.refunds == [{"amount": 50_000}, {"amount": 100_000}], "whole paisa; the rest is not the whole payment"
    path = f"/api/merchant-transaction/{completed.transaction_id}/refund/"
    assert {url for endpoint, url, _body in line.sent if endpoint == "refund"} == {
        f"http://khalti.test/khalti-simulator{path}"
    }


@pytest.mark.parametrize("amount", [None, 150_000])
def test_khalti_is_told_no_amount_where_all_of_it_goes_back(khalti, completed, line, amount):
    refund_payment(completed, amount)

    assert line.refunds == [{}]


def test_what_went_back_in_cash_is_not_asked_of_khalti_again(khalti, completed, line):
    record_refund(completed, 50_000, method=Method.CASH)

    refund = refund_payment(completed)

    assert line.refunds == [{"amount": 100_000}]
    assert (refund.state, refund.refundable) == ("succeeded", 0)
    assert given_back_at_khalti(completed) == 100_000
    assert stored(completed).status == Status.PARTIALLY_REFUNDED, "which is what Khalti says"


def test_khalti_is_asked_before_and_after(khalti, completed, line):
    refund_payment(completed)

    assert [endpoint for endpoint, _url, _body in line.sent] == ["lookup", "refund", "lookup"]


def test_a_person_who_refunds_is_on_the_record(khalti, completed, manager):
    refund = refund_payment(completed, by=manager)

    assert refund.requested_by == manager
    requested = completed.events.get(kind="refund_requested")
    assert (requested.actor, requested.user) == ("staff", manager)


@pytest.mark.django_db(transaction=True)
def test_the_row_is_committed_before_any_request_to_khalti(khalti, completed, line):
    seen = []

    def look():
        refund, payment = KhaltiRefund.objects.get(), stored(completed)
        seen.append((connection.in_atomic_block, refund.state, payment.refund_total, bool(payment.refunding_since)))

    line.before = {"lookup": look, "refund": look}

    refund_payment(completed, 50_000)

    assert seen == [(False, "requested", 50_000, True), (False, "processing", 50_000, True)]


@pytest.mark.django_db(transaction=True)
def test_it_is_refused_inside_a_transaction(khalti, completed):
    with pytest.raises(RuntimeError, match=r"refund_payment\(\) .* inside a transaction"), transaction.atomic():
        refund_payment(completed)

    assert not KhaltiRefund.objects.exists()
    assert khalti.calls("refund") == 0


@pytest.mark.parametrize("moment", ["lookup", "refund"])
def test_while_one_is_on_its_way_there_is_no_other(khalti, completed, line, moment):
    def another():
        with pytest.raises(RefundInProgress, match="is in progress"):
            refund_payment(stored(completed), 50_000)

    line.before = {moment: another}

    refund = refund_payment(completed, 50_000)

    assert refund.state == "succeeded"
    assert khalti.calls("refund") == 1
    assert KhaltiRefund.objects.get() == refund


def test_a_check_meanwhile_knows_what_it_sees(khalti, completed, line):
    """It finds the money gone back before our own answer has come, and takes it for nobody else's."""
    line.after = {"refund": lambda: check_payment(stored(completed))}

    refund = refund_payment(completed)

    assert refund.state == "succeeded"
    assert KhaltiRefund.objects.get().method == "khalti"
    assert stored(completed).refund_total == 150_000


# Payments for things.


@pytest.fixture
def order(db):
    return Order.objects.create()


@pytest.fixture
def pay_for(khalti, make_payment):
    def pay(order):
        payment = make_payment(payable=order)
        khalti.pay(payment)
        return check_payment(payment)

    return pay


def test_what_was_wholly_given_back_can_be_bought_again(khalti, order, pay_for):
    first = pay_for(order)
    refund_payment(first)

    again = pay_for(order)

    assert (stored(first).is_primary, again.is_primary, again.duplicate_of) == (None, True, None)


@pytest.mark.usefixtures("all_begun_before")
def test_what_was_partly_given_back_is_still_sold(khalti, order, pay_for):
    first = pay_for(order)
    refund_payment(first, 50_000)

    assert stored(first).is_primary
    assert pay_for(order).duplicate_of == first


@pytest.mark.usefixtures("all_begun_before")
def test_refunding_a_duplicate_leaves_the_first_untouched(khalti, order, pay_for, heard):
    first, second = pay_for(order), pay_for(order)
    before = KhaltiPayment.objects.filter(pk=first.pk).values().get()
    history, matters_before = kinds(first), issues(second)
    heard.clear()

    refund = refund_payment(second)

    assert (refund.state, stored(second).status) == ("succeeded", Status.REFUNDED)
    assert KhaltiPayment.objects.filter(pk=first.pk).values().get() == before
    assert (kinds(first), given_back_at_khalti(first)) == (history, 0)
    assert matters_before == ["duplicate_payment"]
    assert issues(second) == [], "nothing is left to decide"
    assert heard == [], "or a shop would cancel the order that the first one paid"


@pytest.mark.usefixtures("all_begun_before")
def test_a_part_of_a_second_payment_leaves_it_for_a_person(khalti, order, pay_for, heard):
    pay_for(order)
    second = pay_for(order)
    heard.clear()

    refund_payment(second, 50_000)

    assert (issues(second), heard) == (["duplicate_payment"], [])
