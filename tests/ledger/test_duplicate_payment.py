"""Two payments for the same thing: both are money, one is the sale."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection

from tests.payments import event_types, issues
from tests.shop.models import Order
from wagtail_khalti.actions import check_payment, start_payment
from wagtail_khalti.models import KhaltiIssue, KhaltiPayment

pytestmark = [pytest.mark.every_database, pytest.mark.django_db, pytest.mark.usefixtures("all_begun_before")]


@pytest.fixture
def order(db):
    return Order.objects.create()


@pytest.fixture
def begin(khalti, order):
    """Begins a payment for the order, or for something else."""

    def begin(payable=order, **options):
        return start_payment(150_000, purpose="Order", payable=payable, base_url="http://testserver", **options)

    return begin


@pytest.fixture
def pay(khalti, begin):
    """Begins a payment, pays it, and finds it out."""

    def pay(*args, **options):
        payment = begin(*args, **options)
        khalti.pay(payment)
        return stored(check_payment(payment))

    return pay


def stored(payment):
    return KhaltiPayment.objects.get(pk=payment.pk)


def test_the_first_that_khalti_confirms_is_the_sale(khalti, begin, heard):
    one, other = begin(), begin()
    khalti.pay(one)
    khalti.pay(other)

    check_payment(other)
    check_payment(one)

    assert (stored(other).is_primary, stored(other).duplicate_of) == (True, None)
    assert (stored(one).is_primary, stored(one).duplicate_of) == (None, other)
    assert heard == [("completed", other.reference), ("needs_attention", one.reference)]


def test_the_second_is_money_all_the_same(pay):
    pay()

    second = pay()

    assert second.status == "completed"
    assert second.is_paid
    assert second.completed_at is not None
    assert second.transaction_id


def test_a_person_is_told_which_one_bought_it(pay):
    first, second = pay(), pay()

    issue = second.issues.get()
    assert issue.kind == KhaltiIssue.Kind.DUPLICATE_PAYMENT
    assert first.readable_reference in issue.sentence
    assert issues(first) == []


def test_checking_it_again_changes_and_tells_nothing_more(pay, heard):
    pay()
    second = pay()
    heard.clear()

    check_payment(second)

    assert (heard, issues(second), event_types(second)) == ([], ["duplicate_payment"], ["needs_attention"])


@pytest.mark.parametrize("partial", [True, False])
def test_refunding_the_duplicate_is_no_event_of_the_order(khalti, pay, heard, partial):
    pay()
    second = pay()
    heard.clear()
    khalti.refund_in_dashboard(second, partial=partial)

    check_payment(second)

    assert stored(second).status == ("partially_refunded" if partial else "refunded")
    assert heard == [("needs_attention", second.reference)] * partial, "how much it was has to be entered"


def test_a_duplicate_refunded_before_the_lookup_is_no_event(khalti, pay, begin, heard):
    """Or else a shop would cancel the order that the first one paid."""
    first, second = pay(), begin()
    khalti.pay(second)
    khalti.refund_in_dashboard(second)
    heard.clear()

    check_payment(second)

    assert (stored(second).status, stored(second).duplicate_of) == ("refunded", first)
    assert heard == []
    assert issues(second) == [], "the money is back where it came from: nothing is left to decide"


def test_a_duplicate_partly_refunded_before_lookup_is_an_issue(khalti, pay, begin, heard):
    pay()
    second = begin()
    khalti.pay(second)
    khalti.refund_in_dashboard(second, partial=True)
    heard.clear()

    check_payment(second)

    assert heard == [("needs_attention", second.reference)] * 2
    assert issues(second) == ["duplicate_payment", "refund_amount_missing"]


def test_a_third_is_told_like_the_second(pay, heard):
    first = pay()
    pay()
    third = pay()

    assert third.duplicate_of == first
    assert [event_type for event_type, _reference in heard] == ["completed", "needs_attention", "needs_attention"]


def test_a_second_that_comes_late_is_one_matter(khalti, pay, begin):
    """The site sold nothing for it, so it can't have been told of both an end and a sale."""
    pay()
    second = begin()
    khalti.expire(second)
    check_payment(second)
    khalti.pay(second)

    check_payment(second)

    assert stored(second).is_late
    assert issues(second) == ["duplicate_payment"]


def test_after_all_was_given_back_it_can_be_bought_again(khalti, pay, heard):
    first = pay()
    khalti.refund_in_dashboard(first)
    check_payment(first)
    heard.clear()

    again = pay()

    assert (again.is_primary, again.duplicate_of) == (True, None)
    assert heard == [("completed", again.reference)]


def test_after_a_part_was_given_back_it_is_still_sold(khalti, pay):
    first = pay()
    khalti.refund_in_dashboard(first, partial=True)
    check_payment(first)

    assert pay().duplicate_of == first


def test_a_payment_that_ended_has_bought_nothing(khalti, begin, pay):
    canceled = begin()
    khalti.cancel(canceled)
    check_payment(canceled)

    assert pay().is_primary is True


def test_a_trial_does_not_stand_in_the_way_of_real_money(pay, begin, khalti, settings):
    trial = pay()
    KhaltiPayment.objects.filter(pk=trial.pk).update(mode="sandbox")

    real = pay()

    assert (real.is_primary, real.duplicate_of) == (True, None)


def test_payments_for_nothing_of_the_sites_are_never_second_ones(pay, heard):
    payments = [pay(None) for _number in range(3)]

    assert [(payment.is_primary, payment.duplicate_of) for payment in payments] == [(None, None)] * 3
    assert [event_type for event_type, _reference in heard] == ["completed"] * 3


def test_other_things_are_other_sales(pay):
    assert [pay(Order.objects.create()).is_primary for _number in range(2)] == [True, True]


@pytest.mark.parametrize("ids", [("abc", "ABC"), ("abc", "abc "), ("é", "e")])
def test_ids_that_a_database_may_confuse_are_two_payables(khalti, begin, heard, ids):
    payments = [begin() for _id in ids]
    order_type = ContentType.objects.get_for_model(Order)
    for payment, pk in zip(payments, ids, strict=True):
        KhaltiPayment.objects.filter(pk=payment.pk).update(payable_type=order_type, payable_id=pk)
        payment.refresh_from_db()
        khalti.pay(payment)

    for payment in payments:
        check_payment(payment)

    assert [stored(payment).duplicate_of for payment in payments] == [None, None]
    assert [event_type for event_type, _reference in heard if event_type == "completed"] == ["completed", "completed"]
    if connection.vendor != "mysql":
        assert [stored(payment).is_primary for payment in payments] == [True, True]
