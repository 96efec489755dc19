"""An offer is paid without a form or a request, as an API of a site would."""

from dataclasses import replace

import pytest

from tests.public.conftest import offer_on
from wagtail_khalti.actions import Customer, check_payment
from wagtail_khalti.exceptions import GatewayUnreachable
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.pricing import Selection
from wagtail_khalti.public.checkout.earlier_payment import EarlierPayment
from wagtail_khalti.public.checkout.pay_offer import pay_offer
from wagtail_khalti.public.checkout.request import CheckoutRequest
from wagtail_khalti.public.offers import open_offer

HERE = "https://shop.example"
SITA = Customer(name="Sita Rai", email="Sita@example.com", phone="9800000001")
CHECKOUT = CheckoutRequest(key="one", selection=Selection(quantity=3), customer=SITA)


@pytest.fixture
def offer(client, khalti, shop_page):
    return open_offer(offer_on(client, shop_page(max_quantity=5)).split("/")[-2])


@pytest.fixture
def paid(offer, khalti):
    payment = pay_offer(offer, CHECKOUT, base_url=HERE)
    khalti.pay(payment)
    check_payment(payment)
    return payment


def test_it_holds_what_was_asked_at_the_price_of_the_offer(offer, home):
    payment = pay_offer(offer, CHECKOUT, base_url=HERE)

    assert payment.amount == 450_000
    assert [line["amount"] for line in payment.breakdown] == [450_000]
    assert [item["quantity"] for item in payment.products] == [3]
    assert (payment.customer_name, payment.customer_email) == ("Sita Rai", "sita@example.com")
    assert payment.site.root_page == home
    assert payment.offer == offer.token


def test_the_visitor_comes_back_to_the_given_address(offer):
    assert pay_offer(offer, CHECKOUT, base_url=HERE).return_url.startswith(f"{HERE}/khalti/return/")


def test_the_address_in_the_settings_outranks_the_given_one(offer, settings):
    settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "BASE_URL": "https://pay.example"}

    assert pay_offer(offer, CHECKOUT, base_url=HERE).return_url.startswith("https://pay.example/")


@pytest.mark.parametrize("quantity", [-1, 0, 6])
def test_a_quantity_that_is_not_offered_starts_nothing(offer, quantity):
    with pytest.raises(ValueError, match="not offered"):
        pay_offer(offer, replace(CHECKOUT, selection=Selection(quantity=quantity)), base_url=HERE)

    assert not KhaltiPayment.objects.exists()


def test_the_same_request_is_the_same_payment(offer):
    assert pay_offer(offer, CHECKOUT, base_url=HERE) == pay_offer(offer, CHECKOUT, base_url=HERE)


def test_it_is_the_same_payment_after_khalti_was_down(offer, khalti):
    khalti.trouble("initiate", "reset_before", times=9)
    with pytest.raises(GatewayUnreachable):
        pay_offer(offer, CHECKOUT, base_url=HERE)
    khalti.no_more_trouble()

    assert pay_offer(offer, CHECKOUT, base_url=HERE) == KhaltiPayment.objects.get()


def test_another_key_of_the_same_browser_goes_on_with_it(offer):
    first = pay_offer(offer, CHECKOUT, base_url=HERE)

    again = replace(CHECKOUT, key="two", started_here=[first.reference])

    assert pay_offer(offer, again, base_url=HERE) == first


@pytest.mark.parametrize("change", [{"selection": Selection(quantity=2)}, {"customer": replace(SITA, name="Hari")}])
def test_other_answers_of_the_same_browser_start_another(offer, change):
    first = pay_offer(offer, CHECKOUT, base_url=HERE)

    other = replace(CHECKOUT, started_here=[first.reference], **change)

    assert pay_offer(offer, other, base_url=HERE) != first


def test_after_a_cancel_the_same_request_starts_another(offer, khalti):
    first = pay_offer(offer, CHECKOUT, base_url=HERE)
    khalti.cancel(first)

    assert pay_offer(offer, CHECKOUT, base_url=HERE) != first
    assert set(KhaltiPayment.objects.values_list("status", flat=True)) == {"canceled", "initiated"}


@pytest.mark.parametrize("is_from_this_browser", [True, False])
def test_who_has_paid_shortly_before_is_asked_first(offer, paid, is_from_this_browser):
    started_here = [paid.reference] if is_from_this_browser else []

    earlier = pay_offer(offer, replace(CHECKOUT, key="two", started_here=started_here), base_url=HERE)

    assert isinstance(earlier, EarlierPayment)
    assert (earlier.payment, earlier.is_from_this_browser) == (paid, is_from_this_browser)
    assert KhaltiPayment.objects.count() == 1


def test_who_means_a_repeat_pays_again(offer, paid):
    payment = pay_offer(offer, replace(CHECKOUT, key="two", is_repeat=True), base_url=HERE)

    assert payment != paid
    assert payment.is_repeat
    assert KhaltiPayment.objects.filter(may_be_duplicate=True).count() == 2
