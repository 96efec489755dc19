"""One wish to pay is one payment, however often it is sent."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from tests.public.conftest import GOOD_ANSWERS
from wagtail_khalti.actions import check_payment
from wagtail_khalti.models import KhaltiIssue, KhaltiPayment
from wagtail_khalti.simulator.models import SimulatedPayment


def test_a_form_that_is_sent_twice_is_one_payment(visitor, shop_page, the_payment):
    visitor.choose(shop_page(fields=["name"]))
    form = visitor.typed | {"name": "Sita Rai"}

    first = visitor.send(form).response.url
    second = visitor.send(form).response.url

    assert first == second == the_payment().payment_url
    assert SimulatedPayment.objects.count() == 1


def test_a_second_window_goes_on_with_the_same_payment(visitor, shop_page, the_payment):
    shop = shop_page()

    visitor.choose(shop).press_pay()
    visitor.choose(shop).press_pay()

    assert visitor.response.url == the_payment().payment_url


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
    visitor.choose(shop_page(fields=["name", "email", "phone"]))
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

    assert visitor.page.find("a", string="View receipt")["href"] == the_payment().get_absolute_url()
    assert SimulatedPayment.objects.count() == 1


def test_back_during_payment_leads_to_the_same_khalti_page(visitor, shop_page, khalti, the_payment):
    visitor.choose(shop_page())
    form = visitor.typed
    visitor.send(form)
    khalti.begin(the_payment())

    visitor.send(form)

    assert visitor.response.url == the_payment().payment_url


def test_a_cancel_without_a_return_is_found_on_the_payment_page(visitor, shop_page, khalti, the_payment):
    visitor.choose(shop_page()).press_pay()
    khalti.cancel(the_payment())

    visitor.visit(the_payment().get_absolute_url())

    assert visitor.headline == "You cancelled the payment. You have not been charged."


# Paid, and no way back: the browser was closed before it came back from Khalti.


@pytest.fixture
def paid_and_lost(visitor, shop_page, khalti, the_payment):
    """The visitor has paid, and is at the form again, which is filled in. Nobody here knows of it."""
    visitor.choose(shop_page(fields=["name", "email", "phone"]))
    visitor.send(visitor.typed | GOOD_ANSWERS)
    khalti.pay(the_payment())
    return the_payment()


def press_pay_again(visitor):
    """What is on the page now, sent as it is."""
    form = {name: value for name, value in visitor.typed.items() if name != "csrfmiddlewaretoken"}
    return visitor.send(form)


def test_who_paid_is_told_so_before_paying_twice(visitor, paid_and_lost):
    visitor.visit(visitor.address)
    visitor.send(visitor.typed | GOOD_ANSWERS)

    notice = visitor.page.select_one("#paid-already")
    assert "You paid for this 1 minute ago." in notice.get_text()
    assert notice.find("a")["href"] == paid_and_lost.get_absolute_url()
    assert KhaltiPayment.objects.get().status == "completed"
    assert visitor.typed["name"] == "Sita Rai"


def test_who_wants_to_pay_again_can_and_it_is_no_issue(visitor, khalti, paid_and_lost):
    visitor.visit(visitor.address)
    visitor.send(visitor.typed | GOOD_ANSWERS)
    assert "again" in visitor.page.select_one("button").get_text()
    press_pay_again(visitor)

    second = KhaltiPayment.objects.exclude(pk=paid_and_lost.pk).get()
    assert visitor.response.url == second.payment_url
    khalti.pay(second)
    visitor.come_back(khalti, second)
    assert KhaltiPayment.objects.filter(status="completed").count() == 2
    assert not KhaltiIssue.objects.exists()


def test_another_browser_learns_no_address_from_what_it_types(visitor, stranger, paid_and_lost):
    stranger.visit(visitor.address)
    stranger.send(stranger.typed | GOOD_ANSWERS)

    notice = stranger.page.select_one("#paid-already")
    assert "with the same e-mail address or mobile number" in notice.get_text()
    assert paid_and_lost.reference not in stranger.response.content.decode()
    assert KhaltiPayment.objects.count() == 1


def test_another_browser_does_not_continue_this_payment(visitor, stranger, shop_page):
    visitor.choose(shop_page(fields=["name", "email", "phone"]))
    visitor.send(visitor.typed | GOOD_ANSWERS)

    stranger.visit(visitor.address)
    stranger.send(stranger.typed | GOOD_ANSWERS)

    assert stranger.response.url != visitor.response.url


@pytest.mark.parametrize("later", [timedelta(minutes=59), timedelta(minutes=61)])
def test_the_next_hour_is_another_matter(visitor, khalti, paid_and_lost, later):
    visitor.come_back(khalti, paid_and_lost)
    with time_machine.travel(timezone.now() + later):
        visitor.visit(visitor.address)
        visitor.send(visitor.typed | GOOD_ANSWERS)

    is_told = visitor.response.status_code == 200
    assert is_told == (later < timedelta(hours=1))


def test_one_press_is_one_lookup_however_often_it_was_canceled(visitor, shop_page, khalti):
    visitor.choose(shop_page())
    form = visitor.typed
    for _time in range(4):
        visitor.send(form)
        payment = KhaltiPayment.objects.get(status="initiated")
        khalti.cancel(payment)
        visitor.come_back(khalti, payment)
    visitor.client.cookies.clear()
    asked = khalti.calls("lookup")

    visitor.send(form)

    assert khalti.calls("lookup") - asked == 1
    assert KhaltiPayment.objects.filter(status="initiated").count() == 1


def test_two_that_nobody_confirmed_are_an_issue(visitor, stranger, shop_page, khalti):
    for browser in (visitor, stranger):
        browser.choose(shop_page(fields=["email"])) if browser is visitor else browser.visit(visitor.address)
        browser.send(browser.typed | {"email": "sita@example.com"})
    for payment in KhaltiPayment.objects.all():
        khalti.pay(payment)
        check_payment(payment)

    issue = KhaltiIssue.objects.get()
    assert issue.kind == "possible_duplicate"
    assert KhaltiPayment.objects.exclude(pk=issue.payment_id).get().readable_reference in issue.sentence


def test_two_by_different_people_are_none(visitor, stranger, shop_page, khalti):
    for browser, email in ((visitor, "sita@example.com"), (stranger, "hari@example.com")):
        browser.choose(shop_page(fields=["email"])) if browser is visitor else browser.visit(visitor.address)
        browser.send(browser.typed | {"email": email})
    for payment in KhaltiPayment.objects.all():
        khalti.pay(payment)
        check_payment(payment)

    assert KhaltiPayment.objects.filter(status="completed").count() == 2
    assert not KhaltiIssue.objects.exists()
