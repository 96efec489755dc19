"""Whether a page sells something, without building its blocks."""

import pytest
from wagtail.models import Page

from tests.conftest import CHECKOUT
from tests.shop.models import ShopPage
from wagtail_khalti.public.page_offers import can_offer, offers_something

CARD = {"title": "", "picture": None, "checkout": CHECKOUT}


@pytest.mark.parametrize(("model", "can"), [(ShopPage, True), (Page, False)])
def test_a_type_of_page_can_have_a_block_that_sells(model, can):
    assert can_offer(model) is can


@pytest.mark.parametrize(
    ("stored", "offers"),
    [
        ([], False),
        ([{"type": "paragraph", "value": "Hello"}], False),
        ([{"type": "checkout", "value": CHECKOUT}], True),
        ([{"type": "card", "value": CARD}], True),
        ([{"type": "cards", "value": []}], False),
        ([{"type": "cards", "value": [{"type": "item", "value": CARD}]}], True),
        ([{"type": "cards", "value": [CARD]}], True),
        ([{"type": "columns", "value": [{"type": "item", "value": []}]}], False),
        ([{"type": "columns", "value": [{"type": "item", "value": [{"type": "checkout", "value": CHECKOUT}]}]}], True),
        ([{"type": "teaser", "value": 7}], False),
        ([{"type": "gone", "value": "x"}], False),
    ],
)
@pytest.mark.parametrize("name", ["body", "sidebar"])
def test_a_page_sells_what_is_in_its_stored_content(stored, offers, name):
    page = ShopPage(title="Shop")
    setattr(page, name, ShopPage._meta.get_field(name).to_python(stored))

    assert offers_something(page) is offers


def test_a_page_without_such_a_field_sells_nothing():
    assert offers_something(Page(title="Fair")) is False
