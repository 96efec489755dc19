"""VAT on the checkout page, and in the payment."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import Site

from tests.public.test_price_lists import TICKETS, rows
from wagtail_khalti.models import KhaltiSettings


@pytest.fixture
def at_rate(db):
    def set_rate(rate):
        site = Site.objects.get(is_default_site=True)
        KhaltiSettings.objects.update_or_create(site=site, defaults={"vat_rate": Decimal(rate)})

    return set_rate


def test_added_vat_is_part_of_the_total(visitor, shop_page, the_payment):
    visitor.choose(shop_page(vat="added"))

    assert rows(visitor) == {"Price": "Rs 1,500", "VAT 13%": "Rs 195", "Total": "Rs 1,695"}
    visitor.press_pay()
    payment = the_payment()
    assert payment.amount == 169_500
    assert payment.breakdown == [{"label": "Membership", "amount": 150_000}, {"label": "VAT 13%", "amount": 19_500}]
    assert sum(item["total_price"] for item in payment.products) == 169_500


def test_included_vat_is_shown_and_changes_no_total(visitor, shop_page, the_payment):
    visitor.choose(shop_page(vat="included"))

    assert rows(visitor) == {"Total": "Rs 1,500", "Including VAT 13%": "Rs 172.57"}
    visitor.press_pay()
    payment = the_payment()
    assert payment.amount == 150_000
    assert payment.breakdown == [
        {"label": "Membership, without VAT", "amount": 132_743},
        {"label": "VAT 13%", "amount": 17_257},
    ]
    assert sum(item["total_price"] for item in payment.products) == 150_000


def test_without_vat_nothing_is_said_of_it(visitor, shop_page):
    visitor.choose(shop_page())

    assert "VAT" not in visitor.page.get_text()


def test_the_rate_is_that_of_the_site(visitor, shop_page, the_payment, at_rate):
    at_rate("10")

    visitor.choose(shop_page(vat="added")).press_pay()

    assert the_payment().amount == 165_000


def test_a_rate_of_zero_is_no_vat(visitor, shop_page, the_payment, at_rate):
    at_rate("0")

    visitor.choose(shop_page(vat="added"))

    assert "VAT" not in visitor.page.get_text()
    visitor.press_pay()
    assert the_payment().breakdown == [{"label": "Membership", "amount": 150_000}]


def test_a_changed_rate_is_seen_before_it_is_paid(visitor, shop_page, the_payment, at_rate):
    visitor.choose(shop_page(vat="added"))
    at_rate("15.5")

    visitor.press_pay()

    assert "Rs\xa01,732.50" in visitor.page.select_one("#new-total").get_text()
    visitor.press_pay()
    assert the_payment().amount == 173_250


def test_a_payment_keeps_the_rate_of_its_day(visitor, shop_page, the_payment, at_rate):
    visitor.choose(shop_page(vat="added")).press_pay()
    at_rate("15")

    assert the_payment().breakdown[-1] == {"label": "VAT 13%", "amount": 19_500}


def test_vat_is_calculated_on_the_whole_list(visitor, page_selling, the_payment):
    visitor.choose(page_selling("price_list", **{**TICKETS, "vat": "added"}))
    visitor.press_pay(**{"quantity-adult": "2", "quantity-child": "1"})

    assert rows(visitor) == {
        "Adult": "Rs 500 × 2",
        "Child": "Rs 200 × 1",
        "VAT 13%": "Rs 156",
        "Total": "Rs 1,356",
    }
    visitor.press_pay()
    assert [item["identity"] for item in the_payment().products] == ["adult", "child", "vat"]
    assert the_payment().amount == 135_600


def test_pay_again_does_not_count_vat_as_a_quantity(visitor, shop_page, the_payment):
    visitor.choose(shop_page(vat="added", max_quantity=5)).press_pay(quantity="3").press_pay()

    visitor.visit(f"{visitor.address}?again={the_payment().reference}")

    assert visitor.typed["quantity"] == "3"


def test_the_page_says_that_vat_is_added_without_a_query(client, shop_page, page_selling):
    shop = shop_page(vat="added")
    plain = shop_page(title="Plain")
    client.get(shop.url)
    with CaptureQueriesContext(connection) as without:
        client.get(plain.url)
    with CaptureQueriesContext(connection) as with_vat:
        html = client.get(shop.url).content.decode()

    assert "Rs\xa01,500 plus VAT" in html
    assert len(with_vat) == len(without)
