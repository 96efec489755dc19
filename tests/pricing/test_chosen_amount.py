"""An amount that the payer chooses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wagtail_khalti.money import Paisa
from wagtail_khalti.pricing import ChosenAmount, Selection, price_from_json, price_to_json

GIFT = ChosenAmount(name="Gift", presets=(Paisa(50_000), Paisa(100_000)), minimum=Paisa(20_000), maximum=Paisa(500_000))


@pytest.mark.parametrize(
    ("amount", "is_allowed"),
    [(None, False), (0, False), (-50_000, False), (19_999, False), (20_000, True), (50_000, True), (500_001, False)],
)
def test_an_amount_is_within_the_limits(amount, is_allowed):
    assert GIFT.allows(Selection(amount=amount)) is is_allowed


@pytest.mark.parametrize(("amount", "is_allowed"), [(50_000, True), (60_000, False)])
def test_only_suggested_amounts_without_other_ones(amount, is_allowed):
    gift = ChosenAmount(name="Gift", presets=(Paisa(50_000),), accepts_other=False)

    assert gift.allows(Selection(amount=amount)) is is_allowed


def test_most_is_the_maximum_or_else_the_account_limits_it():
    assert GIFT.max_total == 500_000
    assert ChosenAmount(name="Gift", maximum=Paisa(500_000)).max_total == 500_000
    assert ChosenAmount(name="Gift").max_total is None
    assert ChosenAmount(name="Gift", presets=(Paisa(50_000),), accepts_other=False).max_total == 50_000


@given(amount=st.integers(20_000, 500_000))
def test_lines_always_add_up(amount):
    selection = Selection(amount=amount)

    assert GIFT.allows(selection)
    assert GIFT.total(selection) == amount
    assert [line.amount for line in GIFT.breakdown(selection)] == [amount]
    assert [(item.quantity, item.total_price) for item in GIFT.line_items(selection)] == [(1, amount)]


def test_a_signed_price_is_read_back_as_it_was():
    assert price_from_json(price_to_json(GIFT)) == GIFT
