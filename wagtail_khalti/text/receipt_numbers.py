"""How a receipt number is written, and read again however people type it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from string import Formatter
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from wagtail_khalti.dates.nepali import fiscal_year_label

NUMBER_FORMAT = "{years}-{number:05}"

NOTE = re.compile(r"\([^()\d]*\)\s*\Z")
"""As ``(test)``, after the number."""
WIDTH = re.compile(r"0?\d{0,2}")
SIGNS = r"[\W_]*+"  # possessive, so that long nonsense takes no time
FIELDS = {
    "years": r"(?P<year>\d{4})\W*(?P<end>\d{2})",
    "year": r"(?P<year>\d{4})",
    "number": r"(?P<number>\d{1,9})",
}
"""What a format consists of, and how each is typed, in any numerals: ``2083/84``, ``2083``, and the number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberFormat:
    """``INV-{year}-{number:06}``, for example."""

    text: str

    def write(self, year: int, number: int) -> str:
        """``year``: the BS year in which the fiscal year begins."""
        return self.text.format(years=fiscal_year_label(year), year=year, number=number)

    def read(self, text: str) -> tuple[int, int] | None:
        """Year and number, with any separators and without the letters before them; None if it is something else."""
        found = re.match(_pattern(self.text), NOTE.sub("", text), re.IGNORECASE)
        if not found:
            return None
        parts = {name: int(value) for name, value in found.groupdict().items()}
        is_one_year = parts.get("end") in (None, (parts["year"] + 1) % 100)
        return (parts["year"], parts["number"]) if is_one_year else None


def read_number_format(value: Any) -> NumberFormat:
    """Raises ``ImproperlyConfigured``: a number has to be unique, and to be found again."""
    try:
        parts = list(_parts(value))
    except (TypeError, ValueError):
        parts = []
    names = sorted(name for _literal, name in parts if name)
    if names not in (["number", "year"], ["number", "years"]) or not _is_separated(parts):
        raise ImproperlyConfigured(
            f'WAGTAIL_KHALTI["RECEIPT_NUMBERS"] is {value!r}, must be a format such as "INV-{{year}}-{{number:06}}": '
            "with {year} (2083) or {years} (2083/84), and {number}, each once, and with no digits beside them."
        )
    return NumberFormat(text=value)


def _parts(text: str) -> Iterator[tuple[str, str]]:
    """The text before each field, and the field's name; last the text after them. Raises ``ValueError``."""
    before = ""
    for literal, name, width, conversion in Formatter().parse(text):
        before += literal
        if name is None:
            continue
        if name not in FIELDS or conversion or (width and not (name == "number" and WIDTH.fullmatch(width))):
            raise ValueError(f"{name} is no part of a receipt number")
        yield before, name
        before = ""
    yield before, ""


def _is_separated(parts: list[tuple[str, str]]) -> bool:
    """Whether the digits of the fields can be told from each other, and from those around them."""
    has_digits = any(character.isdecimal() for literal, _name in parts for character in literal)
    return not has_digits and all(literal for literal, name in parts[1:] if name)


def _pattern(text: str) -> str:
    *parts, (after, _name) = _parts(text)
    fields = "".join(f"{_literal(literal)}{FIELDS[name]}(?!\\d)" for literal, name in parts)
    return rf"\A{fields}{_literal(after)}\Z"


def _literal(text: str) -> str:
    """Signs as any others; words as they are, or left out."""
    words = (f"(?:{re.escape(word)})?{SIGNS}" for word in re.findall(r"[^\W_]+", text))
    return SIGNS + "".join(words)
