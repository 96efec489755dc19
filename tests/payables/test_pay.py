"""``order.pay(request)``: one payment for one thing, whoever presses however often."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone, translation

from tests.payables.models import Gift, Invoice
from wagtail_khalti.actions import Customer, check_payment, refund_payment, start_payment
from wagtail_khalti.exceptions import AlreadyPaid, GatewayUnreachable
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.payables import PaymentDetails, pay

pytestmark = pytest.mark.django_db


def test_a_payment_starts_with_what_the_payable_says(khalti, invoice, request_):
    payment = invoice.pay(request_)

    assert (payment.amount, payment.purpose, payment.payable) == (150_000, "Invoice", invoice)
    assert (payment.back_url, payment.success_url) == (invoice.get_absolute_url(), "")
    assert payment.next_url == payment.payment_url


def test_its_user_is_the_customer(khalti, home, request_):
    user = User.objects.create_user("ram", "Ram@example.com", first_name="Ram", last_name="Thapa")

    payment = Invoice.objects.create(customer=user).pay(request_)

    assert (payment.user, payment.customer_name, payment.customer_email) == (user, "Ram Thapa", "ram@example.com")


def test_the_user_of_the_request_is_left_alone(khalti, invoice, request_):
    """It would be a query, and whose payment it is the payable says."""
    request_.user = property(lambda self: pytest.fail("looked at"))

    assert invoice.pay(request_).user is None


def test_pressed_again_it_goes_on_with_the_open_payment(khalti, invoice, request_):
    first = invoice.pay(request_)

    assert Invoice.objects.get().pay(request_) == first
    assert khalti.calls("initiate") == 1


def test_it_goes_on_in_another_language(khalti, home, request_):
    gift = Gift.objects.create(purpose="Gift")
    first = pay(gift, request_)
    Gift.objects.update(purpose="उपहार")

    with translation.override("ne"):
        assert pay(Gift.objects.get(), request_) == first


def test_it_goes_to_where_it_was_last_said(khalti, invoice, request_):
    first = invoice.pay(request_, success_url="/on-the-web/")

    second = invoice.pay(request_, success_url="/in-the-app/")

    assert second == first
    assert KhaltiPayment.objects.get().success_url == second.success_url == "/in-the-app/"


def test_an_address_elsewhere_is_refused_for_an_open_one(khalti, invoice, request_):
    invoice.pay(request_)

    with pytest.raises(ValueError, match="success_url"):
        invoice.pay(request_, success_url="https://evil.example/")


@pytest.mark.parametrize(
    "change",
    [
        {"customer": Customer(name="Sita")},
        {"metadata": {"table": 7}},
        {"merchant_extra": {"merchant_name": "Sita"}},
        {"is_repeat": True},
    ],
    ids=str,
)
def test_with_other_details_it_is_another_payment(khalti, invoice, request_, change):
    first = invoice.pay(request_)

    second = invoice.pay(request_, **change)

    assert second != first
    assert invoice.pay(request_, **change) == second


def test_a_new_amount_is_a_new_payment(khalti, invoice, request_):
    first = invoice.pay(request_)
    invoice.total = Decimal("1600.50")

    second = invoice.pay(request_)

    assert (first.amount, second.amount) == (150_000, 160_050)


def test_after_cancelling_it_is_a_new_payment(khalti, invoice, request_):
    first = invoice.pay(request_)
    khalti.cancel(first)
    check_payment(first)

    second = invoice.pay(request_)

    assert second != first
    assert second.status == "initiated"


def forget_lookups():
    KhaltiPayment.objects.update(checked_at=timezone.now() - timedelta(hours=1), leased_until=None)


@pytest.mark.parametrize("amount", [Decimal(1500), Decimal(1600)])
def test_what_was_paid_unnoticed_is_not_paid_again(khalti, invoice, request_, amount):
    """The callback was lost, and the visitor presses the button again; or the price has changed meanwhile."""
    first = invoice.pay(request_)
    khalti.pay(first)
    invoice.total = amount

    with pytest.raises(AlreadyPaid) as raised:
        invoice.pay(request_)

    assert raised.value.payment == first
    assert KhaltiPayment.objects.count() == 1


def test_what_was_paid_late_is_not_paid_again(khalti, invoice, request_):
    first = invoice.pay(request_)
    khalti.cancel(first)
    check_payment(first)
    khalti.answer_lookup(first)
    forget_lookups()

    with pytest.raises(AlreadyPaid):
        invoice.pay(request_)


def test_without_that_lookup_it_would_be_paid_twice(khalti, invoice, request_, monkeypatch):
    """The control of the two before."""
    monkeypatch.setattr("wagtail_khalti.payables.earlier_payment._look_up", lambda payment: None)
    first = invoice.pay(request_)
    khalti.pay(first)
    invoice.total = Decimal(1600)

    second = invoice.pay(request_)
    khalti.pay(second)
    check_payment(first)

    assert check_payment(second).duplicate_of == first


def test_a_key_of_the_callers_own_is_one_payment_each(khalti, invoice, request_):
    first = invoice.pay(request_, idempotency_key="one")

    assert invoice.pay(request_, idempotency_key="one") == first
    assert invoice.pay(request_, idempotency_key="two") != first
    khalti.pay(first)
    forget_lookups()
    assert invoice.pay(request_, idempotency_key="one").status == "initiated", "the caller asks for its status"


def test_with_a_key_of_their_own_nobody_pays_again(khalti, invoice, request_):
    first = invoice.pay(request_)
    khalti.pay(first)

    with pytest.raises(AlreadyPaid):
        invoice.pay(request_, idempotency_key="mine")


def test_the_lookup_is_one_for_a_double_click(khalti, invoice, request_):
    first = invoice.pay(request_)

    invoice.pay(request_)
    invoice.pay(request_)

    assert khalti.calls("lookup", first) == 1


def test_an_expired_link_waits_for_khalti_to_say_so(khalti, invoice, request_):
    """By our clock alone nothing ends: it may have been paid at the last moment."""
    first = invoice.pay(request_)
    KhaltiPayment.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    khalti.trouble("lookup", "server_error", times=3)

    second = invoice.pay(request_)

    assert second == first
    assert second.next_url == first.get_absolute_url()


def test_what_khalti_never_got_is_sent_again(khalti, invoice, request_):
    khalti.trouble("initiate", "server_error")
    with pytest.raises(GatewayUnreachable):
        invoice.pay(request_)

    payment = invoice.pay(request_)

    assert payment.status == "initiated"
    assert KhaltiPayment.objects.count() == 1


def test_what_a_person_has_to_look_at_is_not_paid_again(khalti, invoice, request_):
    first = invoice.pay(request_)
    khalti.answer_lookup(first, total_amount=100)
    check_payment(first)

    second = invoice.pay(request_)

    assert second == first
    assert second.next_url == first.get_absolute_url()


def test_after_all_went_back_it_can_be_paid_again(pay, invoice, request_):
    refund_payment(pay(invoice))

    assert invoice.pay(request_).status == "initiated"


def test_a_payment_started_by_hand_goes_on(khalti, invoice, request_):
    first = start_payment(150_000, purpose="Invoice", payable=invoice, request=request_)

    assert invoice.pay(request_) == first


def test_another_order_has_a_payment_of_its_own(khalti, home, request_):
    first, second = Invoice.objects.create(), Invoice.objects.create()

    assert first.pay(request_) != second.pay(request_)


def test_it_is_refused_inside_a_transaction(khalti, invoice, request_, settings):
    with pytest.raises(RuntimeError, match="transaction"), transaction.atomic():
        invoice.pay(request_)


def test_an_unsaved_payable_is_refused(khalti, home, request_):
    with pytest.raises(ValueError, match="Save the payable"):
        Invoice().pay(request_)


@pytest.mark.parametrize("total", [1500.0, True])
def test_rupees_are_never_a_float(home, request_, total):
    with pytest.raises(TypeError, match="rupees"):
        Invoice(total=total).get_payment_amount()


def test_fractions_of_a_paisa_are_refused(home):
    with pytest.raises(ValueError, match="paisa"):
        Invoice(total=Decimal("15.005")).get_payment_amount()


def test_details_replace_the_defaults(khalti, invoice, request_, monkeypatch):
    details = PaymentDetails(amount=200_000, purpose="Dinner", back_url="/menu/", metadata={"table": 1})
    monkeypatch.setattr(Invoice, "get_payment_details", lambda self: details)

    payment = invoice.pay(request_, metadata={"table": 2})

    assert (payment.amount, payment.purpose, payment.back_url) == (200_000, "Dinner", "/menu/")
    assert payment.metadata == {"table": 2}
