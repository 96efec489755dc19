"""The days of a period in rows: by day, by week, or by month of either calendar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from itertools import groupby
from operator import add

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from wagtail_khalti.dates.nepali import bs_of
from wagtail_khalti.reporting import Sums
from wagtail_khalti.staff.insights import days

MAX_ROWS = 366  # the days of a year
MAX_DAYS, MAX_WEEKS = 45, 200  # days of a period; beyond these the next longer interval is the default


class Interval(TextChoices):
    """The days of one row."""

    DAY = "day", _("Days")
    """The same in both calendars."""
    WEEK = "week", _("Weeks")
    """From Sunday to Saturday, as in Nepal."""
    MONTH = "month", _("Months (AD)")
    """January to December."""
    BS_MONTH = "bs_month", _("Months (BS)")
    """Baisakh to Chaitra."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Consecutive days, both ends included. At the ends of a period it may be part of a week or month."""

    interval: Interval
    first: date
    last: date
    sums: Sums

    @property
    def label(self) -> str:
        if self.interval == Interval.BS_MONTH and days.is_bs_month(self.first, self.last):
            return days.in_bs(days.format_bs_month(self.first))
        return days.format_span(self.first, self.last)

    @property
    def other_label(self) -> str:
        """In the other calendar."""
        if self.interval == Interval.BS_MONTH and days.is_bs_month(self.first, self.last):
            return days.format_span(self.first, self.last)
        return days.in_bs(days.format_bs_span(self.first, self.last))

    @property
    def short_label(self) -> str:
        """For a chart."""
        if self.interval == Interval.BS_MONTH:
            return days.format_bs_month(self.first) or days.format_short_month(self.first)
        return (
            days.format_short_month(self.first)
            if self.interval == Interval.MONTH
            else days.format_short_day(self.first)
        )


def default_interval(first: date, last: date) -> Interval:
    """By the length of the period. Months are those of BS if the period starts with a month of BS."""
    length = (last - first).days + 1
    if length <= MAX_DAYS:
        return Interval.DAY
    if length <= MAX_WEEKS:
        return Interval.WEEK
    bs = bs_of(first)
    return Interval.BS_MONTH if bs and bs[2] == 1 else Interval.MONTH


def is_too_fine(interval: str, first: date, last: date) -> bool:
    """Whether there would be too many rows."""
    length = (last - first).days + 1
    return {Interval.DAY: length, Interval.WEEK: length // 7}.get(Interval(interval), 0) > MAX_ROWS


def rows_of(by_day: Mapping[date, Sums], interval: Interval) -> list[Row]:
    """From the first day to the last."""
    grouped = groupby(sorted(by_day), key=lambda day: _beginning(day, interval))
    found = [list(group) for _beginning_of_it, group in grouped]
    return [
        Row(interval=interval, first=group[0], last=group[-1], sums=reduce(add, (by_day[day] for day in group)))
        for group in found
    ]


def _beginning(day: date, interval: Interval) -> date | tuple[int, ...]:
    """A key that is equal for all days of one row."""
    if interval == Interval.DAY:
        return day
    if interval == Interval.WEEK:
        return day - timedelta(days=(day.weekday() + 1) % 7)
    bs = bs_of(day) if interval == Interval.BS_MONTH else None
    return bs[:2] if bs else (day.year, day.month)
