"""Days in both calendars of Nepal: AD, and Bikram Sambat (BS), which offices use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _
from nepali.datetime import nepalidate

NEPAL = ZoneInfo("Asia/Kathmandu")
FIRST_MONTH_OF_FISCAL_YEAR = 4  # Shrawan; the year ends with Ashadh
APPROXIMATE_NEW_YEAR = (7, 17)  # month and day in AD of the first of Shrawan, where BS is not known
YEARS_AHEAD = 57  # of AD, from Shrawan to December
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


class NepaliDay(date):
    """From midnight to midnight in Nepal, whichever time zone the site is in. Each day of BS is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From the first day to the last, inclusive."""

    first: NepaliDay
    last: NepaliDay
    label: str = ""
    """Of a fiscal year: ``2083/84``."""


def day_in_nepal(moment: datetime) -> NepaliDay:
    """The day in Nepal. A naive time is in the process's time zone, which Django sets to the site's."""
    return NepaliDay.fromordinal(moment.astimezone(NEPAL).toordinal())


@lru_cache(maxsize=10_000)
def bs_of(day: date) -> tuple[int, int, int] | None:
    """Year, month and day in BS; None outside of the known years, 1944 to 2042 AD."""
    try:
        bs = nepalidate.from_date(day)
    except ValueError:
        return None
    return bs.year, bs.month, bs.day


def format_bs(day: date) -> str:
    """``2083-08-05``; empty if BS is not known."""
    bs = bs_of(day)
    return "{:04}-{:02}-{:02}".format(*bs) if bs else ""


def day_of_bs(year: int, month: int, day: int) -> NepaliDay:
    """The day in AD. Raises ``ValueError`` if there is no such day."""
    found = NepaliDay.fromordinal(nepalidate(year, month, day).to_date().toordinal())
    if bs_of(found) != (year, month, day):  # the library counts the 32nd of a shorter month into the next one
        raise ValueError(f"{year}-{month}-{day} BS is no day")
    return found


def bs_month_of(day: date) -> Span | None:
    """The month of BS that ``day`` is in."""
    bs = bs_of(day)
    return _months(bs[0], bs[1], 1) if bs else None


def fiscal_year_of(day: date) -> Span | None:
    """The fiscal year of Nepal that ``day`` is in: from the first of Shrawan to the last of Ashadh."""
    if not bs_of(day):
        return None
    year = fiscal_year_start(day)
    return _months(year, FIRST_MONTH_OF_FISCAL_YEAR, 12, label=fiscal_year_label(year))


def fiscal_year_start(day: date) -> int:
    """The BS year in which the fiscal year of ``day`` begins. Approximate to a day where BS is not known."""
    if bs := bs_of(day):
        return bs[0] if bs[1] >= FIRST_MONTH_OF_FISCAL_YEAR else bs[0] - 1
    return day.year + YEARS_AHEAD - ((day.month, day.day) < APPROXIMATE_NEW_YEAR)


def fiscal_year_label(year: int) -> str:
    """``2083/84``, of the fiscal year that begins in the BS year ``year``."""
    return f"{year}/{(year + 1) % 100:02}"


def _months(year: int, month: int, count: int, *, label: str = "") -> Span | None:
    after = month - 1 + count
    try:
        first = day_of_bs(year, month, 1)
        last = day_of_bs(year + after // 12, after % 12 + 1, 1) - timedelta(days=1)
    except ValueError:  # at the end of the known years
        return None
    return Span(first=first, last=last, label=label)
