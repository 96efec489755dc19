"""Days of reports: always those of Nepal's time zone, whatever the site's; and times for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta

from django.conf import settings
from django.utils import timezone

from wagtail_khalti.dates.nepali import NEPAL, NepaliDay, day_in_nepal

NAMES_OF_NEPAL = ("Asia/Kathmandu", "Asia/Katmandu")
ONE = timedelta(days=1)
CLOSING_DELAY = timedelta(hours=1)
"""A day is closed this long after its end: by then all its transactions are committed, even if the clocks of several
servers differ."""


def is_in_nepal() -> bool:
    """Whether the days of the site, by the time zone in its settings, are those of Nepal."""
    return settings.TIME_ZONE in NAMES_OF_NEPAL


def beginning_of(day: date) -> datetime:
    """The start of this day in Nepal, as the database stores times."""
    moment = datetime.combine(day, time.min, NEPAL)
    return moment if settings.USE_TZ else moment.astimezone().replace(tzinfo=None)


def as_utc(moment: datetime | None) -> str | None:
    """For programs: ``2026-11-30T10:15:00Z``, without fractions of a second."""
    if moment is None:
        return None
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")  # a naive one has the local time zone


def today() -> NepaliDay:
    return day_in_nepal(timezone.now())


def last_closed_day() -> NepaliDay:
    """The latest day that may have a snapshot."""
    return day_in_nepal(timezone.now() - CLOSING_DELAY) - ONE


def days_between(first: date, last: date) -> list[date]:
    """Inclusive; empty if ``last`` is before ``first``."""
    return [first + number * ONE for number in range((last - first).days + 1)]


def consecutive_days(days: Iterable[date], *, limit: int) -> Iterator[list[date]]:
    """Groups of consecutive days, at most ``limit`` in each, in order."""
    group: list[date] = []
    for day in sorted(days):
        if group and (day - group[-1] != ONE or len(group) == limit):
            yield group
            group = []
        group.append(day)
    if group:
        yield group
