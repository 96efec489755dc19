"""One wish to pay is one payment, however often it is sent."""

import pytest

from tests.public.conftest import GOOD_ANSWERS
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.simulator.models import SimulatedPayment


def test_a_form_that_is_sent_twice_is_one_payment(visitor, shop_page, the_payment):
    visitor.choose(shop_page(ask_for=["name"]))
    form = visitor.typed | {"name": "Sita Rai"}

    first = visitor.send(form).response.url
    second = visitor.send(form).response.url

    assert first == second == the_payment().payment_url
    assert SimulatedPayment.objects.count() == 1


def test_two_windows_are_two_payments(visitor, shop_page):
    shop = shop_page()

    visitor.choose(shop).press_pay()
    visitor.choose(shop).press_pay()

    assert KhaltiPayment.objects.count() == 2


def test_two_visitors_never_share_a_payment(visitor, stranger, shop_page):
    shop = shop_page()
    visitor.choose(shop)
    stranger.choose(shop)

    assert visitor.typed["key"] != stranger.typed["key"]
    visitor.press_pay()
    stranger.press_pay()
    assert visitor.response.url != stranger.response.url


@pytest.mark.parametrize("change", [{"name": "Hari"}, {"email": "hari@example.com"}, {"phone": "9800000002"}])
def test_another_answer_is_another_wish(visitor, shop_page, change):
    visitor.choose(shop_page(ask_for=["name", "email", "phone"]))
    form = visitor.typed | GOOD_ANSWERS

    visitor.send(form)
    visitor.send(form | change)

    assert KhaltiPayment.objects.count() == 2


def test_back_after_a_cancel_pays_anew(visitor, shop_page, khalti, the_payment):
    visitor.choose(shop_page())
    form = visitor.typed
    canceled_url = visitor.send(form).response.url
    khalti.cancel(the_payment())
    visitor.come_back(khalti, the_payment())

    visitor.send(form)

    assert KhaltiPayment.objects.filter(status="canceled").count() == 1
    again = KhaltiPayment.objects.get(status="initiated")
    assert visitor.response.url == again.payment_url != canceled_url


def test_back_after_each_of_many_cancels_pays_anew(visitor, shop_page, khalti):
    visitor.choose(shop_page())
    form = visitor.typed

    for _time in range(3):
        visitor.send(form)
        payment = KhaltiPayment.objects.get(status="initiated")
        khalti.cancel(payment)
        visitor.come_back(khalti, payment)

    assert KhaltiPayment.objects.filter(status="canceled").count() == 3


def test_back_after_paying_shows_the_receipt_and_takes_nothing(visitor, shop_page, khalti, the_payment):
    visitor.choose(shop_page())
    form = visitor.typed
    visitor.send(form)
    khalti.pay(the_payment())
    visitor.come_back(khalti, the_payment())

    visitor.send(form)

    assert visitor.response.url == the_payment().get_absolute_url()
    assert SimulatedPayment.objects.count() == 1


def test_back_while_it_is_being_paid_leads_to_the_same_khalti_page(visitor, shop_page, khalti, the_payment):
    visitor.choose(shop_page())
    form = visitor.typed
    visitor.send(form)
    khalti.begin(the_payment())

    visitor.send(form)

    assert visitor.response.url == the_payment().payment_url


def test_a_cancel_that_nobody_came_back_from_is_found_out_on_the_payments_page(visitor, shop_page, khalti, the_payment):
    visitor.choose(shop_page()).press_pay()
    khalti.cancel(the_payment())

    visitor.visit(the_payment().get_absolute_url())

    assert visitor.headline == "You canceled the payment. Nothing was taken."
