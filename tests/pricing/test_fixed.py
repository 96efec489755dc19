"""A fixed price, and what a quantity comes to."""

import pytest
from django.utils import translation

from wagtail_khalti.gateway import BreakdownLine, Product
from wagtail_khalti.money import Paisa
from wagtail_khalti.pricing import FixedPrice, Selection, price_from_json, price_to_json

MEMBERSHIP = FixedPrice(name="Membership", unit_price=Paisa(150_050), max_quantity=5)


@pytest.mark.parametrize(("quantity", "is_allowed"), [(-1, False), (0, False), (1, True), (5, True), (6, False)])
def test_a_quantity_is_from_one_to_the_maximum(quantity, is_allowed):
    assert MEMBERSHIP.allows(Selection(quantity=quantity)) is is_allowed


def test_line_items_hold_name_quantity_and_prices():
    assert MEMBERSHIP.line_items(Selection(quantity=3)) == [
        Product(identity="1", name="Membership", quantity=3, unit_price=150_050, total_price=450_150)
    ]


@pytest.mark.parametrize(
    ("language", "quantity", "label"),
    [("en", 1, "Membership"), ("en", 3, "Membership × 3"), ("ne", 3, "Membership × ३")],
)
def test_the_breakdown_names_a_quantity_above_one(language, quantity, label):
    with translation.override(language):
        assert MEMBERSHIP.breakdown(Selection(quantity=quantity)) == [
            BreakdownLine(label=label, amount=150_050 * quantity)
        ]


@pytest.mark.parametrize("quantity", [1, 2, 5])
def test_line_items_and_breakdown_add_up_to_the_total(quantity):
    total = MEMBERSHIP.total(Selection(quantity=quantity))

    assert total == 150_050 * quantity
    assert sum(item.total_price for item in MEMBERSHIP.line_items(Selection(quantity=quantity))) == total
    assert sum(line.amount for line in MEMBERSHIP.breakdown(Selection(quantity=quantity))) == total


def test_a_signed_price_is_read_back_as_it_was():
    assert price_from_json(price_to_json(MEMBERSHIP)) == MEMBERSHIP
