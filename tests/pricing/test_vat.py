"""VAT: none, included or added; calculated once, and rounded half up."""

from decimal import Decimal, localcontext

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from wagtail_khalti.gateway import BreakdownLine
from wagtail_khalti.money import Paisa
from wagtail_khalti.pricing import (
    NO_VAT,
    FixedPrice,
    Option,
    PriceList,
    Selection,
    Vat,
    VatMode,
    price_from_json,
    price_to_json,
)

RATES = st.decimals(0, Decimal("99.99"), places=2)
PRICES = st.integers(1, 500_000_000)


def vat(mode, rate="13.00"):
    return Vat(mode=mode, rate=Decimal(rate))


@pytest.mark.parametrize(
    ("mode", "rate", "price", "tax", "total"),
    [
        (VatMode.NONE, "13.00", 150_000, 0, 150_000),
        (VatMode.ADDED, "13.00", 150_000, 19_500, 169_500),
        (VatMode.INCLUDED, "13.00", 150_000, 17_257, 150_000),  # 17256.64
        (VatMode.INCLUDED, "13.00", 169_500, 19_500, 169_500),
        (VatMode.ADDED, "0.00", 150_000, 0, 150_000),
        (VatMode.ADDED, "12.50", 1_004, 126, 1_130),  # 125.5, rounded up
        (VatMode.ADDED, "12.50", 1_003, 125, 1_128),  # 125.375, rounded down
        (VatMode.INCLUDED, "99.99", 1_000, 500, 1_000),  # 499.97
    ],
)
def test_vat_is_rounded_half_up_to_the_paisa(mode, rate, price, tax, total):
    assert (vat(mode, rate).tax(price), vat(mode, rate).total(price)) == (tax, total)


@pytest.mark.parametrize(
    ("language", "rate", "label"),
    [("en", "13.00", "VAT 13%"), ("en", "12.50", "VAT 12.5%"), ("en", "10", "VAT 10%"), ("en", "0.05", "VAT 0.05%")],
)
def test_the_label_has_the_rate_without_zeros(language, rate, label):
    with translation.override(language):
        assert vat(VatMode.ADDED, rate).label == label


def test_the_label_has_the_numerals_of_the_language():
    with translation.override("ne"):
        assert "१३" in vat(VatMode.ADDED).label


def test_added_vat_is_a_line_of_its_own():
    price = FixedPrice(name="Membership", unit_price=Paisa(150_000), vat=vat(VatMode.ADDED))

    assert price.breakdown(Selection()) == [
        BreakdownLine(label="Membership", amount=150_000),
        BreakdownLine(label="VAT 13%", amount=19_500),
    ]
    assert [(item.identity, item.total_price) for item in price.line_items(Selection())] == [
        ("1", 150_000),
        ("vat", 19_500),
    ]


def test_included_vat_reduces_the_other_lines():
    price = FixedPrice(name="Membership", unit_price=Paisa(150_000), vat=vat(VatMode.INCLUDED))

    assert price.breakdown(Selection()) == [
        BreakdownLine(label="Membership, without VAT", amount=132_743),
        BreakdownLine(label="VAT 13%", amount=17_257),
    ]
    assert [(item.identity, item.total_price) for item in price.line_items(Selection())] == [("1", 150_000)]


def test_a_rate_of_zero_adds_no_line():
    price = FixedPrice(name="Membership", unit_price=Paisa(150_000), vat=vat(VatMode.ADDED, "0"))

    assert len(price.breakdown(Selection())) == len(price.line_items(Selection())) == 1


def test_nothing_is_charged_while_the_rate_is_unknown():
    price = FixedPrice(name="Membership", unit_price=Paisa(150_000), vat=Vat(mode=VatMode.ADDED))

    with pytest.raises(ValueError, match="rate of VAT is not known"):
        price.total(Selection())


def test_a_rate_that_code_has_set_is_kept():
    assert vat(VatMode.ADDED, "5").at(Decimal(13)).rate == Decimal(5)
    assert Vat(mode=VatMode.ADDED).at(Decimal(13)).rate == Decimal(13)
    assert NO_VAT.at(Decimal(13)) == NO_VAT


def test_a_site_that_counts_with_less_precision_changes_nothing():
    with localcontext() as context:
        context.prec = 2

        assert vat(VatMode.ADDED).tax(123_456_789) == 16_049_383


@given(mode=st.sampled_from(VatMode), rate=RATES, unit_price=PRICES, quantity=st.integers(1, 1000))
def test_lines_of_a_fixed_price_always_add_up(mode, rate, unit_price, quantity):
    price = FixedPrice(name="Item", unit_price=unit_price, max_quantity=1000, vat=Vat(mode=mode, rate=rate))

    assert_adds_up(price, Selection(quantity=quantity))


@given(
    mode=st.sampled_from(VatMode),
    rate=RATES,
    lines=st.lists(st.tuples(PRICES, st.integers(0, 100)), min_size=1, max_size=20).filter(
        lambda lines: any(quantity for _price, quantity in lines)
    ),
)
def test_lines_of_a_price_list_always_add_up(mode, rate, lines):
    options = [
        Option(id=str(number), name=f"Option {number}", unit_price=price, max_quantity=100)
        for number, (price, _quantity) in enumerate(lines)
    ]
    price = PriceList(name="List", options=tuple(options), takes_quantities=True, vat=Vat(mode=mode, rate=rate))
    quantities = [(str(number), quantity) for number, (_price, quantity) in enumerate(lines) if quantity]

    assert_adds_up(price, Selection(quantities=tuple(quantities)))


def assert_adds_up(price, selection):
    assert price.allows(selection)
    total = price.total(selection)
    assert sum(line.amount for line in price.breakdown(selection)) == total
    assert sum(item.total_price for item in price.line_items(selection)) == total
    assert all(item.unit_price * item.quantity == item.total_price for item in price.line_items(selection))
    assert all(line.amount >= 0 for line in price.breakdown(selection))
    assert price_from_json(price_to_json(price)) == price
