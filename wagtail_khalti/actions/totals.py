"""What some days came to: kept where they are over, counted where they are not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from typing import Any

from django.db.models import Max, Sum

from wagtail_khalti.actions.count import NUMBERS, Tally, count, middle_of
from wagtail_khalti.actions.days import ONE, days_between, last_settled_day, stretches, today
from wagtail_khalti.actions.keep_days import LONGEST_STRETCH, first_day, keep_days, uncounted_days
from wagtail_khalti.actions.outside import is_inside_a_transaction
from wagtail_khalti.actions.place import Place, add_up
from wagtail_khalti.models import KhaltiDayTotal, KhaltiOpening

WHERE = Place._fields[2:]
"""What makes a place, besides whose payments they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """Of some days. Amounts are in paisa."""

    opened: int = 0
    """How often a checkout page was opened."""

    started: int = 0
    """Payments that were begun in these days, and of these, however much later:"""
    sent: int = 0
    """Khalti knows of them."""
    paid: int = 0
    canceled: int = 0
    expired: int = 0
    failed: int = 0

    payments: int = 0
    """That came in in these days, whenever they were begun."""
    gross: int = 0
    fee: int = 0
    refunds: int = 0
    """That were made in these days, of whichever payments."""
    refunded: int = 0

    @property
    def waiting(self) -> int:
        """Of those begun, the ones of which nobody knows yet how they end."""
        return self.started - self.paid - self.canceled - self.expired - self.failed

    @property
    def net(self) -> int:
        """What is left of the money that moved; below zero where more went back than came in."""
        return self.gross - self.fee - self.refunded

    def __add__(self, other: Sums) -> Sums:
        return Sums(**{name: getattr(self, name) + getattr(other, name) for name in ("opened", *NUMBERS)})


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceSums:
    """What some days came to in one place of the site."""

    site_id: int | None
    source_type_id: int | None
    source_id: str
    source_title: str
    """As it was called last."""
    block_path: str
    sums: Sums


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Of one mode."""

    by_day: Mapping[date, Sums]
    """Every day that was asked for, also one on which nothing happened."""
    by_place: Sequence[PlaceSums]
    """The one that took the most first."""
    all: Sums
    median_time_to_pay: timedelta | None
    """From start to payment, of those begun in these days; None where nobody paid."""


def totals(first: date, last: date, *, mode: str, merchant: str = "", sites: Collection[int] | None = None) -> Totals:
    """From ``first`` to ``last``, both counted: always what the payments and refunds say, kept or not.

    ``sites``: only payments of these; None: of all, also of no site.
    """
    narrow: dict[str, Any] = {"mode": mode}
    if merchant:
        narrow["merchant"] = merchant
    if sites is not None:
        narrow["site__in"] = list(sites)

    found = _Found(first, last)
    kept, uncounted = _sort(first, last, mode)
    _add_kept(found, kept, narrow)
    for stretch in stretches(uncounted, most=LONGEST_STRETCH):
        found.add_tallies(count(stretch, **narrow))
    _add_openings(found, narrow)
    return found.as_totals()


def _sort(first: date, last: date, mode: str) -> tuple[list[date], list[date]]:
    """Days that are kept, and days that have to be counted now; of the others there is nothing to count.

    What is missing is kept first, where there is no transaction that would have to be waited for.
    """
    began_on, settled = first_day(mode), last_settled_day()
    if began_on is None:
        return [], []
    first = max(first, began_on)
    days = days_between(first, min(last, settled))
    uncounted = uncounted_days(days[0], days[-1]) if days else []
    if uncounted and not is_inside_a_transaction():
        uncounted = sorted({*uncounted} - keep_days(uncounted))
    young = days_between(max(first, settled + ONE), min(last, today() + ONE))  # clocks differ
    return sorted({*days} - {*uncounted}), uncounted + young


class _Found:
    """Adds up, by day and by place, whatever it is given."""

    def __init__(self, first: date, last: date) -> None:
        self.first, self.last = first, last
        self._days: dict[date, Counter[str]] = {day: Counter() for day in days_between(first, last)}
        self._places: dict[tuple[Any, ...], Counter[str]] = {}
        self._titles: dict[tuple[Any, ...], tuple[date, str]] = {}
        self._times: Counter[int] = Counter()

    def add_to_day(self, day: date, numbers: Mapping[str, int]) -> None:
        self._days[day].update(numbers)

    def add_to_place(self, place: Iterable[Any], title: str, day: date, numbers: Mapping[str, int]) -> None:
        """``title``: as it was called on ``day``."""
        key = tuple(place)
        self._places.setdefault(key, Counter()).update(numbers)
        self._titles[key] = max(self._titles.get(key, (day, title)), (day, title))

    def add_times(self, times: Mapping[Any, int]) -> None:
        self._times.update({int(step): many for step, many in times.items()})  # JSON has names for numbers

    def add_tallies(self, tallies: Mapping[tuple[date, Place], Tally]) -> None:
        for (day, place), tally in tallies.items():
            self.add_to_day(day, tally.numbers)
            self.add_to_place((getattr(place, name) for name in WHERE), tally.title, day, tally.numbers)
            self.add_times(tally.times)

    def as_totals(self) -> Totals:
        by_day = {day: Sums(**numbers) for day, numbers in self._days.items()}
        by_place = [
            PlaceSums(**dict(zip(WHERE, key, strict=True)), source_title=self._titles[key][1], sums=Sums(**numbers))
            for key, numbers in self._places.items()
        ]
        by_place.sort(key=lambda one: (-one.sums.gross, -one.sums.started, -one.sums.opened, one.source_title))
        return Totals(
            by_day=by_day,
            by_place=by_place,
            all=reduce(Sums.__add__, by_day.values(), Sums()),
            median_time_to_pay=_median(self._times),
        )


def _add_kept(found: _Found, days: Sequence[date], narrow: Mapping[str, Any]) -> None:
    if not days:
        return
    first, last = days[0], days[-1]
    gaps = {*days_between(first, last)} - {*days}
    rows = KhaltiDayTotal.objects.filter(day__range=(first, last), **narrow).exclude(day__in=gaps)
    sums = {name: Sum(name) for name in NUMBERS}
    for (day,), numbers in add_up(rows, ["day"], sums):
        found.add_to_day(day, numbers)
    for (*place, title), numbers in add_up(rows, [*WHERE, "source_title"], {**sums, "latest": Max("day")}):
        found.add_to_place(place, title, numbers.pop("latest"), numbers)
    for times in rows.exclude(times_to_pay={}).order_by().values_list("times_to_pay", flat=True):
        found.add_times(times)


def _add_openings(found: _Found, narrow: Mapping[str, Any]) -> None:
    rows = KhaltiOpening.objects.filter(day__range=(found.first, found.last), **narrow)
    opened = {"opened": Sum("count")}
    for (day,), numbers in add_up(rows, ["day"], opened):
        found.add_to_day(day, numbers)
    for (*place, title), numbers in add_up(rows, [*WHERE, "source_title"], {**opened, "latest": Max("day")}):
        found.add_to_place(place, title, numbers.pop("latest"), numbers)


def _median(times: Counter[int]) -> timedelta | None:
    """The lower one, where there are two."""
    left = (times.total() + 1) // 2
    for step in sorted(times):
        left -= times[step]
        if left <= 0:
            return timedelta(seconds=middle_of(step))
    return None
