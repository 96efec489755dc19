"""Options with a price for each."""

import pytest
from django.utils import translation

from wagtail_khalti.gateway import BreakdownLine, Product
from wagtail_khalti.money import Paisa
from wagtail_khalti.pricing import Option, PriceList, Selection, Vat, VatMode

ADULT = Option(id="a", name="Adult", unit_price=Paisa(50_000), max_quantity=4)
CHILD = Option(id="c", name="Child", unit_price=Paisa(20_000), max_quantity=4)
TICKETS = PriceList(name="Concert", options=(ADULT, CHILD), takes_quantities=True, max_quantity=5)
FEES = PriceList(name="Fees", options=(ADULT, CHILD))


@pytest.mark.parametrize(
    ("quantities", "is_allowed"),
    [
        ((), False),
        ((("a", 1),), True),
        ((("a", 4), ("c", 1)), True),
        ((("a", 4), ("c", 2)), False),  # above the maximum of an order
        ((("a", 5),), False),
        ((("a", 0),), False),
        ((("a", -1), ("c", 2)), False),
        ((("x", 1),), False),
        ((("a", 1), ("a", 1)), False),
    ],
)
def test_quantities_are_within_the_limits(quantities, is_allowed):
    assert TICKETS.allows(Selection(quantities=quantities)) is is_allowed


@pytest.mark.parametrize(
    ("quantities", "is_allowed"), [((("a", 1),), True), ((("a", 2),), False), ((("a", 1), ("c", 1)), False)]
)
def test_one_option_is_one_of_one(quantities, is_allowed):
    assert FEES.allows(Selection(quantities=quantities)) is is_allowed


def test_each_option_is_a_line():
    selection = Selection(quantities=(("a", 2), ("c", 1)))

    assert TICKETS.line_items(selection) == [
        Product(identity="a", name="Adult", quantity=2, unit_price=50_000, total_price=100_000),
        Product(identity="c", name="Child", quantity=1, unit_price=20_000, total_price=20_000),
    ]
    assert TICKETS.breakdown(selection) == [
        BreakdownLine(label="Adult × 2", amount=100_000),
        BreakdownLine(label="Child", amount=20_000),
    ]
    assert (TICKETS.total(selection), TICKETS.units(selection)) == (120_000, 3)


def test_the_label_is_the_range_of_prices():
    with translation.override("en"):
        assert TICKETS.label == "Rs\xa0200 – Rs\xa0500"
        assert PriceList(name="Fees", options=(ADULT,), vat=Vat(mode=VatMode.ADDED)).label == "Rs\xa0500 plus VAT"
