"""Days as the totals have them: those of Nepal, whose months and fiscal years they are, wherever the site is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.utils import timezone

from wagtail_khalti.dates.nepali import NEPAL, NepaliDay, day_in_nepal

NAMES_OF_NEPAL = ("Asia/Kathmandu", "Asia/Katmandu")
ONE = timedelta(days=1)
CLOSING_DELAY = timedelta(hours=1)
"""So long after its end a day is not kept yet: what was written on it has long been committed by then, also where the
clocks of several servers differ."""


def is_in_nepal() -> bool:
    """Whether the days of the site, by the time zone in its settings, are those of Nepal."""
    return settings.TIME_ZONE in NAMES_OF_NEPAL


def beginning_of(day: date) -> datetime:
    """The first moment of this day in Nepal, as the database has moments."""
    moment = datetime.combine(day, time.min, NEPAL)
    return moment if settings.USE_TZ else moment.astimezone().replace(tzinfo=None)


def today() -> NepaliDay:
    return day_in_nepal(timezone.now())


def last_closed_day() -> NepaliDay:
    """The latest one that may be kept."""
    return day_in_nepal(timezone.now() - CLOSING_DELAY) - ONE


def days_between(first: date, last: date) -> list[date]:
    """Both count; none where they are the wrong way round."""
    return [first + number * ONE for number in range((last - first).days + 1)]


def stretches(days: Iterable[date], *, most: int) -> Iterator[list[date]]:
    """Days that follow each other, so many at a time at ``most``, in their order."""
    stretch: list[date] = []
    for day in sorted(days):
        if stretch and (day - stretch[-1] != ONE or len(stretch) == most):
            yield stretch
            stretch = []
        stretch.append(day)
    if stretch:
        yield stretch
