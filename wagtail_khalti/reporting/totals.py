"""What some days came to: kept where they are over, counted where they are not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from typing import Any

from django.db.models import Max, Sum

from wagtail_khalti.database.transactions import is_inside_a_transaction
from wagtail_khalti.dates.days import ONE, days_between, last_closed_day, stretches, today
from wagtail_khalti.models import KhaltiCheckoutView, KhaltiDailyTotal
from wagtail_khalti.reporting.aggregates import NUMBERS, Aggregate, aggregate_days, middle_of
from wagtail_khalti.reporting.dimensions import Dimensions, add_up
from wagtail_khalti.reporting.snapshots import MAX_STRETCH, days_without_snapshot, first_day, save_snapshots

WHERE = Dimensions._fields[2:]
"""What makes a place, besides whose payments they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """Of some days. Amounts are in paisa."""

    checkout_views: int = 0
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
    refund_count: int = 0
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
        return Sums(**{name: getattr(self, name) + getattr(other, name) for name in ("checkout_views", *NUMBERS)})


@dataclass(frozen=True, slots=True, kw_only=True)
class DimensionTotals:
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
    by_dimension: Sequence[DimensionTotals]
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
    for stretch in stretches(uncounted, most=MAX_STRETCH):
        found.add_tallies(aggregate_days(stretch, **narrow))
    _add_checkout_views(found, narrow)
    return found.as_totals()


def _sort(first: date, last: date, mode: str) -> tuple[list[date], list[date]]:
    """Days that are kept, and days that have to be counted now; of the others there is nothing to count.

    What is missing is kept first, where there is no transaction that would have to be waited for.
    """
    began_on, settled = first_day(mode), last_closed_day()
    if began_on is None:
        return [], []
    first = max(first, began_on)
    days = days_between(first, min(last, settled))
    uncounted = days_without_snapshot(days[0], days[-1]) if days else []
    if uncounted and not is_inside_a_transaction():
        uncounted = sorted({*uncounted} - save_snapshots(uncounted))
    young = days_between(max(first, settled + ONE), min(last, today() + ONE))  # clocks differ
    return sorted({*days} - {*uncounted}), uncounted + young


class _Found:
    """Adds up, by day and by place, whatever it is given."""

    def __init__(self, first: date, last: date) -> None:
        self.first, self.last = first, last
        self._days: dict[date, Counter[str]] = {day: Counter() for day in days_between(first, last)}
        self._by_dimension: dict[tuple[Any, ...], Counter[str]] = {}
        self._titles: dict[tuple[Any, ...], tuple[date, str]] = {}
        self._times: Counter[int] = Counter()

    def add_to_day(self, day: date, numbers: Mapping[str, int]) -> None:
        self._days[day].update(numbers)

    def add_to_dimensions(self, dimensions: Iterable[Any], title: str, day: date, numbers: Mapping[str, int]) -> None:
        """``title``: as it was called on ``day``."""
        key = tuple(dimensions)
        self._by_dimension.setdefault(key, Counter()).update(numbers)
        self._titles[key] = max(self._titles.get(key, (day, title)), (day, title))

    def add_times(self, times: Mapping[Any, int]) -> None:
        self._times.update({int(step): many for step, many in times.items()})  # JSON has names for numbers

    def add_tallies(self, aggregates: Mapping[tuple[date, Dimensions], Aggregate]) -> None:
        for (day, dimensions), aggregate in aggregates.items():
            self.add_to_day(day, aggregate.numbers)
            self.add_to_dimensions(
                (getattr(dimensions, name) for name in WHERE), aggregate.title, day, aggregate.numbers
            )
            self.add_times(aggregate.times)

    def as_totals(self) -> Totals:
        by_day = {day: Sums(**numbers) for day, numbers in self._days.items()}
        by_dimension = [
            DimensionTotals(
                **dict(zip(WHERE, key, strict=True)), source_title=self._titles[key][1], sums=Sums(**numbers)
            )
            for key, numbers in self._by_dimension.items()
        ]
        by_dimension.sort(
            key=lambda one: (-one.sums.gross, -one.sums.started, -one.sums.checkout_views, one.source_title)
        )
        return Totals(
            by_day=by_day,
            by_dimension=by_dimension,
            all=reduce(Sums.__add__, by_day.values(), Sums()),
            median_time_to_pay=_median(self._times),
        )


def _add_kept(found: _Found, days: Sequence[date], narrow: Mapping[str, Any]) -> None:
    if not days:
        return
    first, last = days[0], days[-1]
    gaps = {*days_between(first, last)} - {*days}
    rows = KhaltiDailyTotal.objects.filter(day__range=(first, last), **narrow).exclude(day__in=gaps)
    sums = {name: Sum(name) for name in NUMBERS}
    for (day,), numbers in add_up(rows, ["day"], sums):
        found.add_to_day(day, numbers)
    for (*dimensions, title), numbers in add_up(rows, [*WHERE, "source_title"], {**sums, "latest": Max("day")}):
        found.add_to_dimensions(dimensions, title, numbers.pop("latest"), numbers)
    for times in rows.exclude(times_to_pay={}).order_by().values_list("times_to_pay", flat=True):
        found.add_times(times)


def _add_checkout_views(found: _Found, narrow: Mapping[str, Any]) -> None:
    rows = KhaltiCheckoutView.objects.filter(day__range=(found.first, found.last), **narrow)
    checkout_views = {"checkout_views": Sum("count")}
    for (day,), numbers in add_up(rows, ["day"], checkout_views):
        found.add_to_day(day, numbers)
    for (*dimensions, title), numbers in add_up(
        rows, [*WHERE, "source_title"], {**checkout_views, "latest": Max("day")}
    ):
        found.add_to_dimensions(dimensions, title, numbers.pop("latest"), numbers)


def _median(times: Counter[int]) -> timedelta | None:
    """The lower one, where there are two."""
    left = (times.total() + 1) // 2
    for step in sorted(times):
        left -= times[step]
        if left <= 0:
            return timedelta(seconds=middle_of(step))
    return None
