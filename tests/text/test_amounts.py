"""Amounts as people type them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wagtail_khalti.money import format_rupees, to_paisa
from wagtail_khalti.text.amounts import TooManyDecimals, parse_rupees


@pytest.mark.parametrize(
    ("text", "rupees"),
    [
        ("1000", "1000"),
        ("1,000", "1000"),
        ("१,०००", "1000"),
        ("१०००.५०", "1000.50"),
        ("1000.5", "1000.5"),
        ("12,34,567.50", "1234567.50"),
        ("1,234,567", "1234567"),
        ("1 000", "1000"),
        ("1\xa0000", "1000"),
        ("Rs 1,000", "1000"),
        ("rs.1000/-", "1000"),
        ("NPR 1000", "1000"),
        ("रु १,०००", "1000"),
        ("रु. १०००", "1000"),
        ("1000 rupees", "1000"),
        ("\uff11\uff0c\uff10\uff10\uff10", "1000"),  # full width
        ("\u200e1000\u200f", "1000"),  # copied with marks of direction
        ("  500 ", "500"),
        ("0", "0"),
        ("0.10", "0.10"),
    ],
)
def test_an_amount_is_read_however_it_is_typed(text, rupees):
    assert parse_rupees(text) == Decimal(rupees)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "1e3",
        "1E3",
        "NaN",
        "Infinity",
        "-5",
        "+5",
        "٣",  # Arabic digits come with other signs for thousands and decimals
        "٣٠٠٠",
        "10²",
        "①",
        "½",
        "0x10",
        "1_000",
        "1,00",  # a hundred, or one with a decimal comma
        "10,50",
        "1000,50",
        "1,0000",
        "10 paisa",
        "$100",
        "1000.",
        ".5",
        "1.000.000",
        "100 200 3",
        "five hundred",
        "1000\x00",
        "1;000",
    ],
)
def test_what_could_mean_something_else_is_refused(text):
    with pytest.raises(ValueError, match="amount"):
        parse_rupees(text)


@pytest.mark.parametrize("text", ["1.000", "10.005", "१.०००", "10.0000000"])
def test_three_decimals_are_never_rounded(text):
    with pytest.raises(TooManyDecimals):
        parse_rupees(text)


@given(paisa=st.integers(0, 10**12), language=st.sampled_from(["en", "ne"]))
def test_what_we_write_can_be_typed(paisa, language):
    assert to_paisa(parse_rupees(format_rupees(paisa, language))) == paisa


@given(text=st.text())
def test_anything_else_is_refused_and_never_fails(text):
    try:
        amount = parse_rupees(text)
    except ValueError:
        return
    assert amount >= 0
