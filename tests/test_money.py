"""Rupees outside, paisa inside."""

from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wagtail_khalti.money import MINIMUM, format_rupees, require_paisa, to_paisa, to_rupees

NBSP = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("rupees", "paisa"),
    [("0", 0), ("10", 1_000), ("1500.00", 150_000), ("0.01", 1), ("1E+3", 100_000), ("1234567.5", 123_456_750)],
)
def test_rupees_become_paisa(rupees, paisa):
    assert to_paisa(Decimal(rupees)) == paisa


@pytest.mark.parametrize("rupees", ["0.001", "10.005", "1E-9", "NaN", "Infinity", "-Infinity"])
def test_what_is_no_whole_number_of_paisa_is_refused(rupees):
    with pytest.raises(ValueError, match="not a whole number of paisa"):
        to_paisa(Decimal(rupees))


def test_a_sum_beyond_the_precision_of_decimals_is_not_rounded():
    with pytest.raises(ValueError, match="not a whole number of paisa"):
        to_paisa(Decimal("12345678901234567890123456789.001"))


def test_a_site_that_counts_with_less_precision_changes_nothing():
    with localcontext() as context:
        context.prec = 3

        assert to_paisa(Decimal("1234567.89")) == 123_456_789
        assert str(to_rupees(123_456_789)) == "1234567.89"


@given(paisa=st.integers(-(10**15), 10**15))
def test_there_and_back_is_the_same(paisa):
    rupees = to_rupees(paisa)

    assert to_paisa(rupees) == paisa
    assert rupees.as_tuple().exponent == -2


@given(rupees=st.decimals(min_value=-(10**13), max_value=10**13, places=4))
def test_it_is_the_exact_sum_or_an_error(rupees):
    is_whole = rupees * 100 == (rupees * 100).to_integral_value()
    try:
        paisa = to_paisa(rupees)
    except ValueError:
        assert not is_whole
    else:
        assert is_whole
        assert type(paisa) is int
        assert paisa == rupees * 100


@pytest.mark.parametrize(
    ("paisa", "text"),
    [
        (0, "Rs 0"),
        (5, "Rs 0.05"),
        (1_000, "Rs 10"),
        (99_999, "Rs 999.99"),
        (100_000, "Rs 1,000"),
        (9_999_900, "Rs 99,999"),
        (10_000_000, "Rs 1,00,000"),
        (123_456_750, "Rs 12,34,567.50"),
        (1_234_567_800, "Rs 1,23,45,678"),
    ],
)
def test_rupees_are_grouped_as_in_nepal(paisa, text):
    assert format_rupees(paisa) == text.replace(" ", NBSP)


@pytest.mark.parametrize("language", ["ne", "ne-np"])
def test_in_nepali_the_digits_are_nepali_too(language):
    assert format_rupees(123_456_750, language) == f"रु{NBSP}१२,३४,५६७.५०"


@pytest.mark.parametrize("language", [None, "", "en", "en-gb", "de", "new", "zh-hans"])
def test_in_any_other_language_they_are_not(language):
    assert format_rupees(123_456_750, language) == f"Rs{NBSP}12,34,567.50"


@given(paisa=st.integers(0, 10**15), language=st.sampled_from(["en", "ne"]))
def test_what_a_person_reads_is_the_whole_truth(paisa, language):
    written = format_rupees(paisa, language).partition(NBSP)[2].replace(",", "")

    assert to_paisa(Decimal(written)) == paisa


def test_the_minimum_is_ten_rupees():
    assert format_rupees(MINIMUM) == f"Rs{NBSP}10"


@pytest.mark.parametrize("value", [1.0, Decimal(1000), True, "1000", None])
def test_only_an_int_is_an_amount_of_paisa(value):
    with pytest.raises(TypeError, match=r"^An amount is an int of paisa"):
        require_paisa(value, "An amount")


def test_an_int_of_paisa_comes_back():
    assert require_paisa(-1000, "An amount") == -1000
