"""Days and spans of days as staff read them, in both calendars."""

from __future__ import annotations

from datetime import date, timedelta

from babel.dates import format_date
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from wagtail_khalti.dates.nepali import MONTHS, bs_month_of, bs_of
from wagtail_khalti.numerals import speaks_nepali, with_numerals_of

DAY, SHORT_DAY, MONTH, SHORT_MONTH = ("j F Y", "d MMMM y"), ("j M", "d MMM"), ("F Y", "MMMM y"), ("M Y", "MMM y")
"""In Django's notation, and in Babel's, which has month names in Nepali."""


def format_day(day: date) -> str:
    """``21 November 2026``."""
    return _write(day, DAY)


def format_short_day(day: date) -> str:
    """``21 Nov``, for a chart."""
    return _write(day, SHORT_DAY)


def format_short_month(day: date) -> str:
    """``Nov 2026``."""
    return _write(day, SHORT_MONTH)


def format_span(first: date, last: date) -> str:
    """``November 2026`` for a whole month, otherwise both ends."""
    if first == last:
        return format_day(first)
    if _is_month(first, last):
        return _write(first, MONTH)
    return f"{format_day(first)} – {format_day(last)}"


def format_bs_day(day: date) -> str:
    """``5 Mangsir 2083``; empty where BS is not known."""
    bs = bs_of(day)
    return _in_digits(f"{bs[2]} {MONTHS[bs[1] - 1]} {bs[0]}") if bs else ""


def format_bs_month(day: date) -> str:
    """``Mangsir 2083``."""
    bs = bs_of(day)
    return _in_digits(f"{MONTHS[bs[1] - 1]} {bs[0]}") if bs else ""


def format_bs_span(first: date, last: date) -> str:
    """Likewise in BS."""
    if first == last:
        return format_bs_day(first)
    if is_bs_month(first, last):
        return format_bs_month(first)
    begun, ended = format_bs_day(first), format_bs_day(last)
    return f"{begun} – {ended}" if begun and ended else ""


def in_bs(text: str) -> str:
    """With the name of the calendar."""
    return _("%(days)s BS") % {"days": text} if text else ""


def is_bs_month(first: date, last: date) -> bool:
    """Whether these are all days of one month of BS."""
    month = bs_month_of(first)
    return month is not None and (month.first, month.last) == (first, last)


def _is_month(first: date, last: date) -> bool:
    is_last = (last + timedelta(days=1)).day == 1
    return first.day == 1 and is_last and (first.year, first.month) == (last.year, last.month)


def _write(day: date, pattern: tuple[str, str]) -> str:
    if not speaks_nepali(get_language()):
        return date_format(day, pattern[0])
    return _in_digits(format_date(day, pattern[1], locale="ne"))


def _in_digits(text: str) -> str:
    return with_numerals_of(get_language(), text)
