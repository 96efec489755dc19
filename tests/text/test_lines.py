"""Text that visitors typed: as one line, and never more work than it is long."""

import pkgutil
import re
from importlib import import_module

import pytest

import wagtail_khalti
from tests.growth import grows_with_the_square
from wagtail_khalti.staff.exports.spreadsheets.defusing import defused
from wagtail_khalti.text.lines import one_line

SIGNS = [" ", "\t", "\u200b", "\t\u200b", "; ", "a", "9", "9 ", "977 ", "@", "a@", "a@b.", "-", ".", "0", "_", "नि"]


def patterns():
    """All that modules of the package keep."""
    modules = [import_module(found.name) for found in pkgutil.walk_packages(wagtail_khalti.__path__, "wagtail_khalti.")]
    return {value for module in modules for value in vars(module).values() if isinstance(value, re.Pattern)}


def test_no_pattern_takes_quadratic_time():
    """Growth is measured, so that it says the same on a slow machine."""
    slow = [
        (pattern.pattern, sign)
        for pattern in patterns()
        for sign in SIGNS
        if grows_with_the_square(pattern.findall, lambda length, sign=sign: sign * (length // len(sign)))
    ]

    assert slow == []


def test_defusing_many_odd_names_takes_no_quadratic_time():
    def work(text):
        return defused(text.split("|"))

    def make(length):
        return "\u200b" + "|".join(["\u200b" + "\t" * 253 + "\u200b"] * (length // 256))

    assert not grows_with_the_square(work, make)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("a\r\nb", "a b"),
        ("a\u202eb\u2066c", "abc"),
        ("  a \x00 b ", "a b"),
        ("क\u094d\u200dष", "क\u094d\u200dष"),
        ("\u0930\u094d\u200d\u200d\u200dय", "\u0930\u094d\u200dय"),
        ("\u200dSita\u200c \u200c Rai", "Sita Rai"),
        ("Si\u200bta\ufeff\u00ad", "Sita"),
        ("\u200b" + "\t" * 253 + "\u200b", ""),
        ("\u3164\u2800", ""),
        ("one\u2028two", "one two"),
        ("\N{WOMAN}\u200d\N{PERSONAL COMPUTER}", "\N{WOMAN}\u200d\N{PERSONAL COMPUTER}"),
    ],
)
def test_one_line_has_nothing_that_is_not_seen(text, read):
    assert one_line(text) == read
