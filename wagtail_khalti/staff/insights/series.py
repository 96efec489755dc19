"""The days of a period in rows: one by one, or by the week, or by the month of either calendar."""

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

MAX_ROWS = 366  # the days of a year; nobody reads on
MAX_DAYS, MAX_WEEKS = 45, 200  # days of a period; beyond these the next larger step is chosen


class Step(TextChoices):
    """What makes one row."""

    DAY = "day", _("Days")
    """Of either calendar: it is the same one."""
    WEEK = "week", _("Weeks")
    """From Sunday to Saturday, as in Nepal."""
    MONTH = "month", _("Months (AD)")
    """January to December."""
    BS_MONTH = "bs_month", _("Months (BS)")
    """Baisakh to Chaitra."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Some days in a row, both ends included. At the ends of a period, less than a week or a month."""

    step: Step
    first: date
    last: date
    sums: Sums

    @property
    def label(self) -> str:
        if self.step == Step.BS_MONTH and days.is_bs_month(self.first, self.last):
            return days.in_bs(days.format_bs_month(self.first))
        return days.format_span(self.first, self.last)

    @property
    def other_label(self) -> str:
        """In the other calendar."""
        if self.step == Step.BS_MONTH and days.is_bs_month(self.first, self.last):
            return days.format_span(self.first, self.last)
        return days.in_bs(days.format_bs_span(self.first, self.last))

    @property
    def short_label(self) -> str:
        """For a chart."""
        if self.step == Step.BS_MONTH:
            return days.format_bs_month(self.first) or days.format_short_month(self.first)
        return days.format_short_month(self.first) if self.step == Step.MONTH else days.format_short_day(self.first)


def usual_step(first: date, last: date) -> Step:
    """By the length of the period; months in the calendar that it begins a month of."""
    length = (last - first).days + 1
    if length <= MAX_DAYS:
        return Step.DAY
    if length <= MAX_WEEKS:
        return Step.WEEK
    bs = bs_of(first)
    return Step.BS_MONTH if bs and bs[2] == 1 else Step.MONTH


def is_too_fine(step: str, first: date, last: date) -> bool:
    """Whether there would be more rows than anybody reads."""
    length = (last - first).days + 1
    return {Step.DAY: length, Step.WEEK: length // 7}.get(Step(step), 0) > MAX_ROWS


def rows_of(by_day: Mapping[date, Sums], step: Step) -> list[Row]:
    """From the first day to the last."""
    grouped = groupby(sorted(by_day), key=lambda day: _beginning(day, step))
    found = [list(group) for _beginning_of_it, group in grouped]
    return [
        Row(step=step, first=group[0], last=group[-1], sums=reduce(add, (by_day[day] for day in group)))
        for group in found
    ]


def _beginning(day: date, step: Step) -> date | tuple[int, ...]:
    """The same for all days of one row."""
    if step == Step.DAY:
        return day
    if step == Step.WEEK:
        return day - timedelta(days=(day.weekday() + 1) % 7)
    bs = bs_of(day) if step == Step.BS_MONTH else None
    return bs[:2] if bs else (day.year, day.month)
