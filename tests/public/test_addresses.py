"""A button sells what it stands beside, however the content came about, and never its neighbour."""

import pytest

from tests.conftest import CHECKOUT
from tests.public.conftest import page_of
from tests.shop.models import ShopPage
from wagtail_khalti.blocks import KhaltiCheckoutBlock

SMALL = {**CHECKOUT, "item_name": "Small", "amount": "100.00"}
LARGE = {**CHECKOUT, "item_name": "Large", "amount": "900.00"}


def stream(*ids):
    """Small and Large, side by side."""
    return [{"type": "checkout", "id": one, "value": value} for one, value in zip(ids, (SMALL, LARGE), strict=True)]


def cards(*ids):
    """The same in a list."""
    items = [
        {"type": "item", "id": one, "value": {"title": "", "picture": None, "checkout": value}}
        for one, value in zip(ids, (SMALL, LARGE), strict=True)
    ]
    return [{"type": "cards", "id": "cards", "value": items}]


def columns(*ids):
    """The same in a stream in a list."""
    column = {"type": "item", "id": "column", "value": stream(*ids)}
    return [{"type": "columns", "id": "columns", "value": [column]}]


def write(shop, body):
    """As a script or an import does, past the editor."""
    shop.body = ShopPage._meta.get_field("body").to_python(body)
    shop.save()
    return ShopPage.objects.get(pk=shop.pk)


@pytest.fixture
def shop(shop_page):
    return shop_page()


def sold_by(visitor, shop):
    """What the checkout page behind each button sells."""
    links = page_of(visitor.client.get(shop.url)).select("a.khalti-button")
    return [(visitor.visit(link["href"]).headline, visitor.typed["total_seen"]) for link in links]


@pytest.mark.parametrize("place", [stream, cards, columns])
@pytest.mark.parametrize(
    "ids",
    [("one", "other"), ("same", "same"), (None, None), ("", ""), ("a.b", "a"), ("a", "a.b"), (5, 6), ("5", 5)],
    ids=str,
)
def test_each_button_sells_its_own(visitor, shop, place, ids):
    shop = write(shop, place(*ids))

    assert sold_by(visitor, shop) == [("Small", "10000"), ("Large", "90000")]


@pytest.mark.parametrize("place", [stream, cards, columns])
def test_an_id_that_became_ambiguous_sells_nothing(visitor, shop, place):
    shop = write(shop, place("one", "other"))
    address = page_of(visitor.client.get(shop.url)).select("a.khalti-button")[1]["href"]

    write(shop, place("other", "other"))

    assert visitor.visit(address).response.status_code == 410


def test_an_id_that_another_kind_of_block_shares_is_no_address(visitor, shop):
    paragraph = {"type": "paragraph", "id": "same", "value": "Hello"}
    shop = write(shop, [paragraph, {"type": "checkout", "id": "same", "value": LARGE}])

    assert sold_by(visitor, shop) == [("Large", "90000")]


def test_a_field_newer_than_the_page_sells_what_it_shows(visitor, shop, monkeypatch):
    card = ShopPage._meta.get_field("body").stream_block.child_blocks["card"]
    monkeypatch.setitem(
        card.child_blocks, "checkout", KhaltiCheckoutBlock(default={"item_name": "Small", "amount": 100})
    )
    card.child_blocks["checkout"].set_name("checkout")

    shop = write(shop, [{"type": "card", "id": "card", "value": {"title": "Older than its checkout", "picture": None}}])

    assert sold_by(visitor, shop) == [("Small", "10000")]
