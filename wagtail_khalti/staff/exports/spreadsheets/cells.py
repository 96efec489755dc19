"""Amounts and times as cell text that any spreadsheet can read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from operator import itemgetter
from typing import Generic, TypeVar

from django.utils import timezone

from wagtail_khalti.dates.nepali import day_in_nepal, format_bs

MAX_CACHED = 20_000  # texts; repeated values are close together

Key = TypeVar("Key")


class CachedText(dict[Key, str], Generic[Key]):
    """Computes the text of each key once, and starts again when it is full."""

    def __init__(self, compute: Callable[[Key], str]) -> None:
        super().__init__()
        self.compute = compute

    def __missing__(self, key: Key) -> str:
        if len(self) >= MAX_CACHED:
            self.clear()
        self[key] = found = self.compute(key)
        return found


def plain_rupees(paisa: int | None) -> str:
    """``1500.00``, as spreadsheets of any language read it; empty for None."""
    if paisa is None:
        return ""
    whole, rest = divmod(abs(paisa), 100)
    return f"{'-' if paisa < 0 else ''}{whole}.{rest:02}"


def plain_time(moment: datetime | None) -> str:
    """``2026-11-21 10:03:22`` in the site's time zone, whoever exports: like the daily figures."""
    if moment is None:
        return ""
    local = moment.astimezone(timezone.get_default_timezone()) if moment.tzinfo else moment
    return local.replace(tzinfo=None).isoformat(" ", "seconds")


day_of = itemgetter(slice(0, 10))
"""Of what ``plain_time`` wrote."""


def bs_of_day(day: date | None) -> str:
    """``2083-08-05`` for 21 November 2026."""
    return format_bs(day) if day else ""


def day_in_nepal_of(moment: datetime | None) -> date | None:
    """Its day in Nepal: BS has these, whatever the site's time zone."""
    return moment and day_in_nepal(moment)
