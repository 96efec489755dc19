"""Parse a day as people type it, in either calendar, in numbers or with the name of the month."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache

from babel.dates import get_month_names
from django.utils import dates, translation

from wagtail_khalti.dates.nepali import MONTHS, day_of_bs

FIRST_YEAR_OF_BS = 2050  # 1993 AD, before Khalti existed: later years are BS, earlier ones AD
FIRST_YEAR = 1944  # AD; for earlier years BS is not known, and year 1 has no time in UTC

IN_NUMBERS = re.compile(r"(?P<year>\d{4}) ?[-/.] ?(?P<month>\d{1,2}) ?[-/.] ?(?P<day>\d{1,2})")
DAY_FIRST = re.compile(r"(?P<day>\d{1,2})\.? ?(?P<month>[^\d\s.]{1,20})\.? ?(?P<year>\d{4})")
MONTH_FIRST = re.compile(r"(?P<month>[^\d\s.]{1,20})\.? ?(?P<day>\d{1,2}) (?P<year>\d{4})")
NAME_OF_BS = re.compile(r"\(?\b(?:bs|b\.s\.|वि\. ?सं\.)\)?")
"""It may follow a day, as on our own pages."""

OTHER_SPELLINGS = (
    "baishakh vaishakh बैशाख",
    "jeth jyeshtha जेष्ठ ज्येष्ठ",
    "asar ashad asadh आषाढ अषाढ",
    "saun sawan shravan श्रावण",
    "bhadau भाद्र",
    "asoj aswin आश्विन",
    "kattik कार्तिक",
    "mansir marga मङ्सिर मार्ग",
    "pus push paush पुष पौष",
    "माघ",
    "fagun phagun phalgun फाल्गुन",
    "chait चैत्र",
)
"""Of the months of BS, in order."""

Month = tuple[bool, int]
"""Whether it is one of BS, and its number."""


def parse_day(text: str) -> date:
    """``2026-11-21``, ``21 November 2026``; in BS ``2083-08-05``, ``५ मंसिर २०८३``, which gives a ``NepaliDay``.

    The year decides the calendar. Raises ``ValueError`` if there is no such day.
    """
    plain = _plain(text)
    bare = NAME_OF_BS.sub("", plain).strip("() ")
    found = IN_NUMBERS.fullmatch(bare) or DAY_FIRST.fullmatch(bare) or MONTH_FIRST.fullmatch(bare)
    if not found:
        raise ValueError(f"{text!r} is no day")
    year, day = int(found["year"]), int(found["day"])
    is_bs = year >= FIRST_YEAR_OF_BS
    if year < FIRST_YEAR or (NAME_OF_BS.search(plain) and not is_bs):
        raise ValueError(f"{text!r} is too early")
    month = int(found["month"]) if found["month"].isdecimal() else _month_called(found["month"], is_bs)
    return day_of_bs(year, month, day) if is_bs else date(year, month, day)


def _plain(text: str) -> str:
    """In lower case, with 0 to 9 for any script's digits, - for any dash, and single spaces."""
    return " ".join("".join(map(_plain_character, unicodedata.normalize("NFC", text.casefold()))).split())


def _plain_character(character: str) -> str:
    if character.isdecimal():
        return str(int(character))
    category = unicodedata.category(character)
    if category == "Pd":
        return "-"
    if category == "Cf":  # the invisible marks around a copied number
        return ""
    return " " if category in ("Zs", "Cc") or character == "," else character


def _month_called(name: str, is_bs: bool) -> int:
    known = _months(translation.get_language() or "en")
    if (is_bs, name) not in known:
        raise ValueError(f"{name!r} is no month of this calendar")
    return known[is_bs, name]


@lru_cache(maxsize=32)
def _months(language: str) -> Mapping[tuple[bool, str], int]:
    """By calendar and name, in English, in Nepali, and in the active language."""
    return {
        (is_bs, _plain(name).rstrip(".")): number
        for is_bs, names in _names(language)
        for number, spellings in enumerate(names, 1)
        for name in spellings.split()
    }


def _names(language: str) -> Iterator[tuple[bool, list[str]]]:
    for spoken in ("en", "ne", language):
        with translation.override(spoken):
            for months in (dates.MONTHS, dates.MONTHS_3, dates.MONTHS_AP):
                yield False, [str(name) for name in months.values()]
            yield True, [str(name) for name in MONTHS]
    yield False, list(get_month_names("wide", locale="ne").values())
    yield True, list(OTHER_SPELLINGS)
