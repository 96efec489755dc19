"""One thing is sold once, by whatever class and key it is named, unless a second payment is meant."""

import uuid

import pytest
from django.db.models import ProtectedError
from wagtail.models import Page

from tests.shop.models import Order, ShopPage, Ticket
from wagtail_khalti.actions import check_payment, refund_payment, start_payment
from wagtail_khalti.exceptions import AlreadyPaid
from wagtail_khalti.models import KhaltiPayment

pytestmark = pytest.mark.django_db


def start(payable, **terms):
    return start_payment(150_000, purpose="Order", payable=payable, base_url="http://testserver", **terms)


@pytest.fixture
def pay(khalti):
    def pay(payable, **terms):
        payment = start(payable, **terms)
        khalti.pay(payment)
        return check_payment(payment)

    return pay


@pytest.fixture
def shop(home):
    page = home.add_child(instance=ShopPage(title="Shop", slug="shop-2"))
    return Page.objects.get(pk=page.pk)


def test_paid_payable_is_refused_with_a_link_to_the_receipt(pay):
    paid = pay(Order.objects.create(pk=7))

    with pytest.raises(AlreadyPaid) as raised:
        start(Order.objects.get(pk=7))

    assert raised.value.payment == paid
    assert KhaltiPayment.objects.count() == 1


def test_the_same_call_once_more_gets_the_payment_that_paid(pay):
    order = Order.objects.create()
    paid = pay(order, idempotency_key="order")

    assert start(order, idempotency_key="order") == paid
    assert start(order, idempotency_key="order").next_url == paid.get_absolute_url()


def test_after_all_went_back_it_can_be_bought_again(pay):
    order = Order.objects.create()
    refund_payment(pay(order))

    assert start(order).payment_url


def test_an_intended_second_payment_is_delivered_without_issue(pay, heard):
    order = Order.objects.create()
    first = pay(order)

    second = pay(order, is_repeat=True)

    assert (second.is_primary, second.duplicate_of) == (None, None)
    assert not second.issues.exists()
    assert heard == [("completed", first.reference), ("completed", second.reference)]


@pytest.mark.parametrize("first_as", ["Page", "ShopPage"])
def test_a_page_is_one_thing_by_each_of_its_classes(pay, shop, first_as):
    ways = {"Page": shop, "ShopPage": shop.specific}
    paid = pay(ways.pop(first_as))
    [other] = ways.values()

    with pytest.raises(AlreadyPaid):
        start(other)

    assert list(KhaltiPayment.objects.for_payable(other)) == [paid]


def test_two_that_both_complete_are_one_sale_by_whatever_class(khalti, shop):
    one, other = start(shop), start(shop.specific)
    for payment in (one, other):
        khalti.pay(payment)
        check_payment(payment)

    assert other.duplicate_of == one


def test_a_receiver_gets_the_class_that_was_given(pay, shop):
    assert type(KhaltiPayment.objects.get(pk=pay(shop.specific).pk).payable) is ShopPage


def test_a_key_is_one_key_however_it_is_written(pay):
    ticket = Ticket.objects.create()
    written = Ticket.objects.get()
    written.pk = str(ticket.pk).upper().replace("-", "")
    paid = pay(ticket)

    with pytest.raises(AlreadyPaid):
        start(written)

    assert paid.payable_id == str(ticket.pk)


@pytest.mark.parametrize(
    "unsaved",
    [Order(), Order(pk=4711), Ticket(), Ticket(pk=uuid.UUID(int=7))],
    ids=["no key", "preset key", "default key", "UUID"],
)
def test_what_is_not_saved_can_not_be_paid_for(khalti, unsaved):
    with pytest.raises(ValueError, match="Save the payable"):
        start(unsaved)

    assert not KhaltiPayment.objects.exists()


def test_a_relation_protects_what_is_being_paid_for(khalti):
    ticket, other = Ticket.objects.create(), Ticket.objects.create()
    payment = start(ticket)

    with pytest.raises(ProtectedError):
        ticket.delete()

    other.delete()
    assert list(ticket.payments.all()) == [payment]
