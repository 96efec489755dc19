"""Days as the totals have them: those of the time zone in the settings, whoever asks and from where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta

from django.utils import timezone

ONE = timedelta(days=1)
SETTLING = timedelta(hours=1)
"""So long after its end a day is not kept yet: what was written on it has long been committed by then, also where the
clocks of several servers differ."""


def day_of(moment: datetime) -> date:
    """On which day it was."""
    return moment.date() if timezone.is_naive(moment) else moment.astimezone(timezone.get_default_timezone()).date()


def beginning_of(day: date) -> datetime:
    """The first moment of this day, as the database has moments."""
    moment = datetime.combine(day, time.min)
    return timezone.make_aware(moment, timezone.get_default_timezone()) if timezone.is_aware(timezone.now()) else moment


def today() -> date:
    return day_of(timezone.now())


def last_settled_day() -> date:
    """The latest one that may be kept."""
    return day_of(timezone.now() - SETTLING) - ONE


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
