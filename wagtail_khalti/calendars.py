"""Days in both calendars of Nepal: AD, and Bikram Sambat (BS), in which offices count."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from django.utils.translation import gettext_lazy as _
from nepali.datetime import nepalidate

FIRST_YEAR_OF_BS = 2070  # 2013 AD. A year from here on is taken for BS, an earlier one for AD: Khalti is younger
FIRST_YEAR = 1944  # AD; of earlier ones BS is not known, and the first year of all has no moment in UTC
FIRST_MONTH_OF_FISCAL_YEAR = 4  # Shrawan; the year ends with Ashadh
MONTHS = (
    _("Baisakh"),
    _("Jestha"),
    _("Ashadh"),
    _("Shrawan"),
    _("Bhadra"),
    _("Ashwin"),
    _("Kartik"),
    _("Mangsir"),
    _("Poush"),
    _("Magh"),
    _("Falgun"),
    _("Chaitra"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From the first day to the last, both of them included."""

    first: date
    last: date
    label: str = ""
    """Of a fiscal year: ``2083/84``."""


@lru_cache(maxsize=10_000)
def bs_of(day: date) -> tuple[int, int, int] | None:
    """Year, month and day in BS; None outside of what is known, 1944 to 2042 AD."""
    try:
        bs = nepalidate.from_date(day)
    except ValueError:
        return None
    return bs.year, bs.month, bs.day


def write_bs(day: date) -> str:
    """``2083-08-05``; empty where BS is not known."""
    bs = bs_of(day)
    return "{:04}-{:02}-{:02}".format(*bs) if bs else ""


def day_of_bs(year: int, month: int, day: int) -> date:
    """The day in AD. Raises ``ValueError`` where there is no such day."""
    found: date = nepalidate(year, month, day).to_date()
    if bs_of(found) != (year, month, day):  # the library counts the 32nd of a shorter month into the next one
        raise ValueError(f"{year}-{month}-{day} BS is no day")
    return found


def read_day(text: str) -> date:
    """``2026-11-21``, or ``2083-08-05`` in BS, told apart by the year; also in Nepali digits, and with / or dots.

    Raises ``ValueError`` where there is no such day.
    """
    plain = "".join(_plain(character) for character in text)
    found = re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", plain)
    if not found:
        raise ValueError(f"{text!r} is no day")
    year, month, day = map(int, found.groups())
    if year < FIRST_YEAR:
        raise ValueError(f"{text!r} is before all that can be meant")
    return day_of_bs(year, month, day) if year >= FIRST_YEAR_OF_BS else date(year, month, day)


def bs_month_of(day: date) -> Span | None:
    """The month of BS that ``day`` is in."""
    bs = bs_of(day)
    return _months(bs[0], bs[1], 1) if bs else None


def fiscal_year_of(day: date) -> Span | None:
    """The fiscal year of Nepal that ``day`` is in: from the first of Shrawan to the last of Ashadh."""
    bs = bs_of(day)
    if not bs:
        return None
    year = bs[0] if bs[1] >= FIRST_MONTH_OF_FISCAL_YEAR else bs[0] - 1
    return _months(year, FIRST_MONTH_OF_FISCAL_YEAR, 12, label=f"{year}/{(year + 1) % 100:02}")


def _months(year: int, month: int, count: int, *, label: str = "") -> Span | None:
    after = month - 1 + count
    try:
        first = day_of_bs(year, month, 1)
        last = day_of_bs(year + after // 12, after % 12 + 1, 1) - timedelta(days=1)
    except ValueError:  # at the end of what is known
        return None
    return Span(first=first, last=last, label=label)


def _plain(character: str) -> str:
    """Any script's digits as 0 to 9, any dash as -, without spaces and the invisible marks around a copied number."""
    if character.isdecimal():
        return str(int(character))
    category = unicodedata.category(character)
    if category == "Pd":
        return "-"
    return "" if category in ("Zs", "Cc", "Cf") else character
