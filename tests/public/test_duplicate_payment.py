"""A visitor who paid for the same thing twice is told so, and is never thanked for a sale that was none."""

import pytest

from tests.shop.models import Order
from wagtail_khalti.actions import start_payment
from wagtail_khalti.models import KhaltiPayment

pytestmark = pytest.mark.django_db
HEADLINE = "You've paid twice. We'll refund this payment."


@pytest.fixture
def begin(khalti, home):
    order = Order.objects.create()

    def begin():
        addresses = {"success_url": "/thank-you/", "back_url": "/orders/"}
        return start_payment(150_000, purpose="Order", payable=order, base_url="http://testserver", **addresses)

    return begin


@pytest.fixture
def second(khalti, begin, client):
    """Paid at Khalti, like the first; the visitor has not come back yet."""
    first, second = begin(), begin()
    khalti.pay(first)
    khalti.pay(second)
    assert client.get(khalti.return_path(first)).url == "/thank-you/"
    return second


def test_the_callback_leads_to_the_payment_not_to_thank_you(client, khalti, second):
    for _time in range(2):
        assert client.get(khalti.return_path(second)).url == second.get_absolute_url()


def test_the_page_says_what_happened_and_what_follows(visitor, khalti, second):
    visitor.come_back(khalti, second)

    assert visitor.headline == HEADLINE
    text = visitor.page.get_text(" ", strip=True)
    assert "Our staff have been notified. Please don't pay again." in text
    assert second.readable_reference in text
    assert "Rs\xa01,500" in text
    assert "accounts@example.com" in text
    assert "Thank you" not in text
    assert "/thank-you/" not in str(visitor.page)
    assert visitor.page.find("a", string="Back")["href"] == "/orders/"


def test_it_is_told_also_to_those_who_never_came_back(visitor, second):
    visitor.visit(second.get_absolute_url())

    assert visitor.headline == HEADLINE


def test_it_stays_so_after_a_person_has_closed_the_matter(visitor, khalti, second):
    visitor.come_back(khalti, second)
    KhaltiPayment.objects.get(pk=second.pk).issues.update(is_open=None)

    visitor.visit(second.get_absolute_url())

    assert visitor.headline == HEADLINE


def test_once_it_is_given_back_the_page_says_that(visitor, khalti, second):
    khalti.refund_in_dashboard(second)

    visitor.come_back(khalti, second)

    assert visitor.headline == "This payment was refunded."
    assert visitor.page.title.get_text(strip=True).startswith("Payment refunded")
    assert "do not pay again" not in visitor.page.get_text()


def test_the_first_is_thanked_as_ever(visitor, khalti, second):
    visitor.come_back(khalti, second)
    first = KhaltiPayment.objects.get(is_primary=True)

    visitor.visit(first.get_absolute_url())

    assert visitor.headline == "Thank you. Your payment is complete."
    assert visitor.page.find("a", string="Continue")["href"] == "/thank-you/"
