"""What stands in a cell: sums and times as text that any spreadsheet reads."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from operator import itemgetter
from typing import Generic, TypeVar

from django.utils import timezone

from wagtail_khalti.dates.nepali import day_in_nepal, format_bs

MAX_KEPT = 20_000  # answers; what repeats, repeats soon

Key = TypeVar("Key")


class Kept(dict[Key, str], Generic[Key]):
    """Each answer is worked out once, as long as there is room for it."""

    def __init__(self, answer: Callable[[Key], str]) -> None:
        super().__init__()
        self.answer = answer

    def __missing__(self, key: Key) -> str:
        if len(self) >= MAX_KEPT:
            self.clear()
        self[key] = found = self.answer(key)
        return found


def plain_rupees(paisa: int | None) -> str:
    """``1500.00``, as spreadsheets of any language read it; nothing for nothing known."""
    if paisa is None:
        return ""
    whole, rest = divmod(abs(paisa), 100)
    return f"{'-' if paisa < 0 else ''}{whole}.{rest:02}"


def plain_time(moment: datetime | None) -> str:
    """``2026-11-21 10:03:22`` in the time zone of the settings, whoever asks: as the figures count their days."""
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
    """On which day it was there: BS counts these, whatever the time zone of the site."""
    return moment and day_in_nepal(moment)
