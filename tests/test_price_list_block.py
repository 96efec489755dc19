"""The price list block: in the editor, on a page, and in the API."""

from decimal import Decimal
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.contrib.staticfiles import finders
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.public.test_price_lists import FEES, TICKETS, option
from tests.shop.models import ShopPage
from tests.test_donation_block import messages_in
from wagtail_khalti.blocks import KhaltiPriceListBlock
from wagtail_khalti.public.offers import open_offer

TEN_CLASSES = [option(f"class-{number}", f"Class {number}", f"{number}000.00") for number in range(1, 11)]
OPTION = {"name": "Class 1", "amount": Decimal(5000)}


def errors_of(*options, **changes):
    block = KhaltiPriceListBlock()
    try:
        block.clean(block.normalize({"item_name": "Fees", "mode": "one", "options": list(options), **changes}))
    except ValidationError as error:
        return {name: " ".join(messages_in(each)) for name, each in error.block_errors.items()}
    return {}


def an_option(**changes):
    return {**OPTION, **changes}


@pytest.mark.parametrize(
    ("options", "changes", "errors"),
    [
        ([OPTION], {}, {}),
        ([], {}, {"options": "The minimum number of items is 1"}),
        ([an_option(name="")], {}, {"options": "0: name: This field is required."}),
        ([an_option(amount=None)], {}, {"options": "0: amount: This field is required."}),
        ([OPTION, an_option(name=" class 1 ")], {}, {"options": "1: name: This option is listed twice."}),
        ([an_option(amount=Decimal(5))], {}, {"options": "0: amount: Khalti's minimum is Rs 10."}),
        ([an_option(amount=Decimal(5))], {"mode": "quantities"}, {}),
        (
            [an_option(amount=Decimal(0))],
            {"mode": "quantities"},
            {"options": "0: amount: Enter a price above zero."},
        ),
        (
            [an_option(amount=Decimal(300_000))],
            {"mode": "quantities"},
            {"options": "0: amount: This site takes at most Rs\xa02,00,000 in one payment."},
        ),
        (
            [an_option(max_quantity=1001)],
            {},
            {"options": "0: max_quantity: Ensure this value is less than or equal to 1000."},
        ),
        (
            [an_option(amount=Decimal(190_000))],
            {"vat": "added"},
            {
                "options": "0: amount: With VAT, this comes to more than Rs\xa02,00,000, "
                "the most that this site takes in one payment."
            },
        ),
        ([an_option(amount=Decimal(190_000))], {"vat": "included"}, {}),
        ([an_option(amount=Decimal("176991.15"))], {"vat": "added"}, {}),
        ([OPTION], {"vat": "half"}, {"vat": "Select a valid choice. half is not one of the available choices."}),
    ],
)
def test_what_can_not_work_is_told_while_editing(db, options, changes, errors):
    assert errors_of(*options, **changes) == errors


def soup(html):
    return BeautifulSoup(html, "lxml")


def test_the_page_lists_all_prices_and_makes_no_query(client, page_selling):
    page = page_selling("price_list", **{**FEES, "vat": "added"})
    plain = page_selling("paragraph", title="Plain")
    client.get(page.url)
    with CaptureQueriesContext(connection) as without:
        client.get(plain.url)
    with CaptureQueriesContext(connection) as queries:
        html = client.get(page.url).content

    assert len(queries) == len(without)
    block = soup(html).select_one(".khalti-block")
    assert [row.get_text(" ", strip=True) for row in block.select("dl div")] == [
        "Class 1 Rs\xa05,000",
        "Class 2 Rs\xa06,000",
    ]
    assert "plus VAT" in block.get_text()
    assert len(block.select("a.khalti-button")) == 1


def test_the_block_picker_shows_a_price_list(admin_client):
    block = ShopPage._meta.get_field("body").stream_block.child_blocks["price_list"]

    html = admin_client.get(reverse("wagtailadmin_block_preview"), {"id": block.definition_prefix}).content

    assert "Adult Rs\xa0500" in soup(html).get_text(" ", strip=True)
    assert not soup(html).select("a.khalti-button")


def test_a_draft_may_be_incomplete(db):
    block = KhaltiPriceListBlock()
    empty = block.normalize({"item_name": "", "options": [{"name": "", "amount": None}]})

    cleaned = block.clean_deferred(empty)

    assert block.price(cleaned) is None


def test_the_api_gives_options_with_their_ids(page_selling, rf):
    page = page_selling("price_list", **TICKETS)

    offer = page.body[0].block.get_api_representation(page.body[0].value, {"request": rf.get("/"), "page": page})[
        "offer"
    ]

    assert {
        "kind": "list",
        "name": "Concert",
        "options": (
            {"id": "adult", "name": "Adult", "unit_price": 50_000, "max_quantity": 5},
            {"id": "child", "name": "Child", "unit_price": 20_000, "max_quantity": 3},
        ),
        "takes_quantities": True,
        "max_quantity": 5,
        "vat": {"mode": "", "rate": None},
    }.items() <= offer.items()
    assert open_offer(offer["token"]).owner == page


def test_an_option_keeps_its_id_when_the_page_is_saved_again(page_selling):
    page = page_selling("price_list", **TICKETS)
    page.body[0].value["options"][0]["name"] = "Grown-up"

    page.save_revision().publish()

    page = ShopPage.objects.get(pk=page.pk)
    price = page.body[0].block.price(page.body[0].value)
    assert [(option.id, option.name) for option in price.options] == [("adult", "Grown-up"), ("child", "Child")]


def test_an_offer_that_carries_its_terms_has_all_options(page_selling, rf):
    page = page_selling("price_list", **{**TICKETS, "vat": "added"})
    block, value = page.body[0].block, page.body[0].value

    html = block.render(value, context={"request": rf.get("/")})

    offer = open_offer(soup(html).select_one("a.khalti-button")["href"].split("/")[-2])
    assert offer.owner is None
    assert offer.terms.price == block.price(value).with_vat_rate(Decimal("13.00"))


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("donation", {"item_name": "Gift", "presets": [f"{number}00.00" for number in range(1, 9)]}),
        ("price_list", {**FEES, "options": TEN_CLASSES}),
        ("checkout", {"item_name": "Membership", "amount": "1500.00"}),
    ],
)
def test_html_and_css_of_a_block_stay_below_ten_kilobytes(client, page_selling, kind, value):
    page = page_selling(kind, **value)
    css = Path(finders.find("wagtail_khalti/block.css")).stat().st_size

    html = soup(client.get(page.url).content).select_one(".khalti-block")

    assert css + len(str(html).encode()) < 10_000


@pytest.mark.parametrize(
    ("changes", "maximum"),
    [({}, None), ({"limit": {"units": 60}}, 10), ({"limit": {"units": 60}, "max_quantity": 20}, 20)],
)
def test_one_order_does_not_take_all_of_a_limited_number(changes, maximum):
    block = KhaltiPriceListBlock()
    value = block.normalize({"item_name": "Concert", "mode": "quantities", "options": [OPTION], **changes})

    assert block.price(value).max_quantity == maximum
