"""Count days that are over, and keep what they came to, unless it changed meanwhile."""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import DatabaseError

from wagtail_khalti.conf import Mode
from wagtail_khalti.database.transactions import require_no_transaction, short_transaction
from wagtail_khalti.dates.days import days_between, last_closed_day, stretches
from wagtail_khalti.dates.nepali import day_in_nepal
from wagtail_khalti.models import KhaltiDailyTotal, KhaltiPayment, KhaltiSnapshot
from wagtail_khalti.models.reporting import new_version, zone_mark
from wagtail_khalti.reporting.aggregates import Aggregates, aggregate_days

logger = logging.getLogger(__name__)

MAX_STRETCH = 31
"""Days that are counted at once: few questions for a year, and never long ones."""
MAX_COUNT = 2 * MAX_STRETCH
"""Days that one run of ``reconcile`` keeps, so that the money facts of the next one need not wait."""


def save_snapshots(days: Iterable[date], *, is_over: Callable[[], bool] = lambda: False) -> set[date]:
    """Those of ``days`` that are kept now. A count that fails, or that was overtaken, is for the next time.

    Commits on its own, so it can't run inside a transaction.
    """
    require_no_transaction("save_snapshots")
    kept: set[date] = set()
    for stretch in stretches((day for day in days if day <= last_closed_day()), most=MAX_STRETCH):
        if is_over():
            break
        try:
            versions = _versions(stretch)
            kept |= _keep(versions, aggregate_days(stretch))
        except DatabaseError as error:  # it may be read only, or a site may just have been deleted
            logger.warning("The totals of %s to %s could not be kept: %s", stretch[0], stretch[-1], error)
    return kept


def save_latest_snapshots(*, is_over: Callable[[], bool]) -> set[date]:
    """Of the days that are not kept the latest ones, which people look at first."""
    began_on = first_day()
    if began_on is None or is_over():
        return set()
    return save_snapshots(days_without_snapshot(began_on, last_closed_day())[-MAX_COUNT:], is_over=is_over)


def first_day(*modes: str) -> date | None:
    """On which the first payment was begun, of some mode or of any: before it there is nothing to count."""
    rows = [KhaltiPayment.objects.filter(mode=mode).order_by("created_at") for mode in modes or Mode.values]
    moments = [moment for some in rows for moment in some.values_list("created_at", flat=True)[:1]]
    return day_in_nepal(min(moments)) if moments else None


def days_without_snapshot(first: date, last: date) -> list[date]:
    """Those of which nothing is kept, or nothing that still holds."""
    rows = KhaltiSnapshot.objects.filter(day__range=(first, last), is_current=True)
    counted = set(rows.filter(version__startswith=zone_mark()).values_list("day", flat=True))
    return [day for day in days_between(first, last) if day not in counted]


def _versions(days: Sequence[date]) -> dict[date, str]:
    """Those that the count is going to hold for. Committed before the ledger is read.

    They are changed by nobody who counts, so that of many who do so at the same time one always succeeds.
    """
    rows = KhaltiSnapshot.objects.filter(day__in=days)
    versions = dict(rows.values_list("day", "version"))
    for day in days:
        if day in versions and not versions[day].startswith(zone_mark()):
            rows.filter(day=day, version=versions[day]).update(version=new_version(), is_current=False)
    missing = [KhaltiSnapshot(day=day, version=new_version()) for day in days if day not in versions]
    KhaltiSnapshot.objects.bulk_create(missing, ignore_conflicts=True)
    return dict(rows.filter(is_current=False, version__startswith=zone_mark()).values_list("day", "version"))


def _keep(versions: Mapping[date, str], aggregates: Aggregates) -> set[date]:
    with short_transaction():
        kept = {day for day in sorted(versions) if _is_still_true(day, versions[day])}  # in one order: no deadlock
        # With the mode, for the sake of the index.
        KhaltiDailyTotal.objects.filter(mode__in=Mode.values, day__in=kept).delete()
        KhaltiDailyTotal.objects.bulk_create(total for total in _as_kept(aggregates) if total.day in kept)
    return kept


def _as_kept(aggregates: Aggregates) -> Iterator[KhaltiDailyTotal]:
    """The times of one site together, with the first of its places: nobody asks for those of a place."""
    times: dict[tuple[Any, ...], Counter[int]] = defaultdict(Counter)
    for (day, dimensions), aggregate in aggregates.items():
        times[day, dimensions.mode, dimensions.merchant, dimensions.site_id].update(aggregate.times)
    for (day, dimensions), aggregate in aggregates.items():
        together = times.pop((day, dimensions.mode, dimensions.merchant, dimensions.site_id), Counter())
        yield KhaltiDailyTotal(
            day=day, **dimensions._asdict(), source_title=aggregate.title, times_to_pay=together, **aggregate.numbers
        )


def _is_still_true(day: date, version: str) -> bool:
    """Waits for whoever is just changing it; from here on they wait for us."""
    return bool(KhaltiSnapshot.objects.filter(day=day, version=version, is_current=False).update(is_current=True))
