"""Daily totals: snapshots for closed days, live aggregates for open ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from typing import Any

from django.db.models import Max, Sum

from wagtail_khalti.database.transactions import is_inside_a_transaction
from wagtail_khalti.dates.days import ONE, consecutive_days, days_between, last_closed_day, today
from wagtail_khalti.models import KhaltiCheckoutView, KhaltiDailyTotal
from wagtail_khalti.reporting.aggregates import NUMBERS, Aggregate, aggregate_days, middle_of
from wagtail_khalti.reporting.dimensions import Dimensions, add_up
from wagtail_khalti.reporting.snapshots import MAX_DAYS_AT_ONCE, days_without_snapshot, first_day, save_snapshots

SOURCE_DIMENSIONS = Dimensions._fields[2:]
"""Without mode and merchant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """Sums of some days. Amounts are in paisa."""

    checkout_views: int = 0
    """How often a checkout page was opened."""

    started: int = 0
    """Payments that were started in these days, and, of these, however much later:"""
    sent: int = 0
    """Sent to Khalti."""
    paid: int = 0
    canceled: int = 0
    expired: int = 0
    failed: int = 0

    payments: int = 0
    """Completed in these days, whenever they were started."""
    gross: int = 0
    fee: int = 0
    refund_count: int = 0
    """Made in these days, of whichever payments."""
    refunded: int = 0

    @property
    def waiting(self) -> int:
        """Of those started, the ones without a final status."""
        return self.started - self.paid - self.canceled - self.expired - self.failed

    @property
    def net(self) -> int:
        """After fees and refunds; negative if the refunds are larger."""
        return self.gross - self.fee - self.refunded

    def __add__(self, other: Sums) -> Sums:
        return Sums(**{name: getattr(self, name) + getattr(other, name) for name in ("checkout_views", *NUMBERS)})


@dataclass(frozen=True, slots=True, kw_only=True)
class DimensionTotals:
    """The sums of some days and one page or block."""

    site_id: int | None
    source_type_id: int | None
    source_id: str
    source_title: str
    """Its latest title."""
    block_path: str
    sums: Sums


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Of one mode."""

    by_day: Mapping[date, Sums]
    """Every requested day, also those without payments."""
    by_dimension: Sequence[DimensionTotals]
    """The one with the largest gross first."""
    all: Sums
    median_time_to_pay: timedelta | None
    """From start to payment, of those started in these days; None if nobody paid."""


def totals(first: date, last: date, *, mode: str, merchant: str = "", sites: Collection[int] | None = None) -> Totals:
    """From ``first`` to ``last``, inclusive. Always equals the sums of the payments themselves.

    ``sites``: only payments of these; None: of all, and those without a site.
    """
    narrow: dict[str, Any] = {"mode": mode}
    if merchant:
        narrow["merchant"] = merchant
    if sites is not None:
        narrow["site__in"] = list(sites)

    result = _Result(first, last)
    stored, missing = _split(first, last, mode)
    _add_snapshots(result, stored, narrow)
    for days in consecutive_days(missing, limit=MAX_DAYS_AT_ONCE):
        result.add_aggregates(aggregate_days(days, **narrow))
    _add_checkout_views(result, narrow)
    return result.as_totals()


def _split(first: date, last: date, mode: str) -> tuple[list[date], list[date]]:
    """Days with a snapshot, and days that must be aggregated now; the others have no payments.

    Missing snapshots are saved first, unless this runs inside a transaction.
    """
    began_on, last_closed = first_day(mode), last_closed_day()
    if began_on is None:
        return [], []
    first = max(first, began_on)
    days = days_between(first, min(last, last_closed))
    missing = days_without_snapshot(days[0], days[-1]) if days else []
    if missing and not is_inside_a_transaction():
        missing = sorted({*missing} - save_snapshots(missing))
    still_open = days_between(max(first, last_closed + ONE), min(last, today() + ONE))  # clocks differ
    return sorted({*days} - {*missing}), missing + still_open


class _Result:
    """Adds up by day and by dimension."""

    def __init__(self, first: date, last: date) -> None:
        self.first, self.last = first, last
        self._days: dict[date, Counter[str]] = {day: Counter() for day in days_between(first, last)}
        self._by_dimension: dict[tuple[Any, ...], Counter[str]] = {}
        self._titles: dict[tuple[Any, ...], tuple[date, str]] = {}
        self._times: Counter[int] = Counter()

    def add_to_day(self, day: date, numbers: Mapping[str, int]) -> None:
        self._days[day].update(numbers)

    def add_to_dimensions(self, dimensions: Iterable[Any], title: str, day: date, numbers: Mapping[str, int]) -> None:
        """``title``: its title on ``day``."""
        key = tuple(dimensions)
        self._by_dimension.setdefault(key, Counter()).update(numbers)
        self._titles[key] = max(self._titles.get(key, (day, title)), (day, title))

    def add_times(self, times: Mapping[Any, int]) -> None:
        self._times.update({int(bucket): count for bucket, count in times.items()})  # keys of JSON are text

    def add_aggregates(self, aggregates: Mapping[tuple[date, Dimensions], Aggregate]) -> None:
        for (day, dimensions), aggregate in aggregates.items():
            self.add_to_day(day, aggregate.numbers)
            self.add_to_dimensions(
                (getattr(dimensions, name) for name in SOURCE_DIMENSIONS), aggregate.title, day, aggregate.numbers
            )
            self.add_times(aggregate.times)

    def as_totals(self) -> Totals:
        by_day = {day: Sums(**numbers) for day, numbers in self._days.items()}
        by_dimension = [
            DimensionTotals(
                **dict(zip(SOURCE_DIMENSIONS, key, strict=True)),
                source_title=self._titles[key][1],
                sums=Sums(**numbers),
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


def _add_snapshots(result: _Result, days: Sequence[date], narrow: Mapping[str, Any]) -> None:
    if not days:
        return
    first, last = days[0], days[-1]
    gaps = {*days_between(first, last)} - {*days}
    rows = KhaltiDailyTotal.objects.filter(day__range=(first, last), **narrow).exclude(day__in=gaps)
    sums = {name: Sum(name) for name in NUMBERS}
    for (day,), numbers in add_up(rows, ["day"], sums):
        result.add_to_day(day, numbers)
    for (*dimensions, title), numbers in add_up(
        rows, [*SOURCE_DIMENSIONS, "source_title"], {**sums, "latest": Max("day")}
    ):
        result.add_to_dimensions(dimensions, title, numbers.pop("latest"), numbers)
    for times in rows.exclude(times_to_pay={}).order_by().values_list("times_to_pay", flat=True):
        result.add_times(times)


def _add_checkout_views(result: _Result, narrow: Mapping[str, Any]) -> None:
    rows = KhaltiCheckoutView.objects.filter(day__range=(result.first, result.last), **narrow)
    checkout_views = {"checkout_views": Sum("count")}
    for (day,), numbers in add_up(rows, ["day"], checkout_views):
        result.add_to_day(day, numbers)
    for (*dimensions, title), numbers in add_up(
        rows, [*SOURCE_DIMENSIONS, "source_title"], {**checkout_views, "latest": Max("day")}
    ):
        result.add_to_dimensions(dimensions, title, numbers.pop("latest"), numbers)


def _median(times: Counter[int]) -> timedelta | None:
    """The lower one of two."""
    remaining = (times.total() + 1) // 2
    for bucket in sorted(times):
        remaining -= times[bucket]
        if remaining <= 0:
            return timedelta(seconds=middle_of(bucket))
    return None
