"""Save snapshots of closed days, unless a payment changed meanwhile."""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import DatabaseError

from wagtail_khalti.conf import Mode
from wagtail_khalti.database.transactions import require_no_transaction, short_transaction
from wagtail_khalti.dates.days import consecutive_days, days_between, last_closed_day
from wagtail_khalti.dates.nepali import day_in_nepal
from wagtail_khalti.models import KhaltiDailyTotal, KhaltiPayment, KhaltiSnapshot
from wagtail_khalti.models.reporting import new_version, time_zone_hash
from wagtail_khalti.reporting.aggregates import Aggregates, aggregate_days

logger = logging.getLogger(__name__)

MAX_DAYS_AT_ONCE = 31
"""Days that are aggregated by one query: few queries for a year, and none of them slow."""
MAX_DAYS_PER_RUN = 2 * MAX_DAYS_AT_ONCE
"""Days that one run of ``reconcile`` saves, so that it does not delay the next run."""


def save_snapshots(days: Iterable[date], *, is_over: Callable[[], bool] = lambda: False) -> set[date]:
    """Returns those of ``days`` that were saved. One that fails, or that changed meanwhile, is left for the next time.

    Commits on its own, so it can't run inside a transaction.
    """
    require_no_transaction("save_snapshots")
    saved: set[date] = set()
    for chunk in consecutive_days((day for day in days if day <= last_closed_day()), limit=MAX_DAYS_AT_ONCE):
        if is_over():
            break
        try:
            versions = _versions(chunk)
            saved |= _save(versions, aggregate_days(chunk))
        except DatabaseError as error:  # it may be read-only, or a site may just have been deleted
            logger.warning("The totals of %s to %s could not be saved: %s", chunk[0], chunk[-1], error)
    return saved


def save_latest_snapshots(*, is_over: Callable[[], bool]) -> set[date]:
    """The latest days without a snapshot, which people look at first."""
    began_on = first_day()
    if began_on is None or is_over():
        return set()
    return save_snapshots(days_without_snapshot(began_on, last_closed_day())[-MAX_DAYS_PER_RUN:], is_over=is_over)


def first_day(*modes: str) -> date | None:
    """The day of the first payment, in these modes or in any."""
    rows = [KhaltiPayment.objects.filter(mode=mode).order_by("created_at") for mode in modes or Mode.values]
    moments = [moment for some in rows for moment in some.values_list("created_at", flat=True)[:1]]
    return day_in_nepal(min(moments)) if moments else None


def days_without_snapshot(first: date, last: date) -> list[date]:
    """Days without a current snapshot."""
    rows = KhaltiSnapshot.objects.filter(day__range=(first, last), is_current=True)
    stored = set(rows.filter(version__startswith=time_zone_hash()).values_list("day", flat=True))
    return [day for day in days_between(first, last) if day not in stored]


def _versions(days: Sequence[date]) -> dict[date, str]:
    """The versions of the snapshots that are not current. Committed before payments are read.

    An aggregation never changes versions, so that of several at the same time one always succeeds.
    """
    rows = KhaltiSnapshot.objects.filter(day__in=days)
    versions = dict(rows.values_list("day", "version"))
    for day in days:
        if day in versions and not versions[day].startswith(time_zone_hash()):
            rows.filter(day=day, version=versions[day]).update(version=new_version(), is_current=False)
    missing = [KhaltiSnapshot(day=day, version=new_version()) for day in days if day not in versions]
    KhaltiSnapshot.objects.bulk_create(missing, ignore_conflicts=True)
    return dict(rows.filter(is_current=False, version__startswith=time_zone_hash()).values_list("day", "version"))


def _save(versions: Mapping[date, str], aggregates: Aggregates) -> set[date]:
    with short_transaction():
        current = {day for day in sorted(versions) if _mark_current(day, versions[day])}  # sorted, to avoid deadlocks
        # With the mode, to use the index.
        KhaltiDailyTotal.objects.filter(mode__in=Mode.values, day__in=current).delete()
        KhaltiDailyTotal.objects.bulk_create(total for total in _daily_totals(aggregates) if total.day in current)
    return current


def _daily_totals(aggregates: Aggregates) -> Iterator[KhaltiDailyTotal]:
    """The times to pay of a site are merged into its first row: nobody needs them by page."""
    times: dict[tuple[Any, ...], Counter[int]] = defaultdict(Counter)
    for (day, dimensions), aggregate in aggregates.items():
        times[day, dimensions.mode, dimensions.merchant, dimensions.site_id].update(aggregate.times)
    for (day, dimensions), aggregate in aggregates.items():
        together = times.pop((day, dimensions.mode, dimensions.merchant, dimensions.site_id), Counter())
        yield KhaltiDailyTotal(
            day=day, **dimensions._asdict(), source_title=aggregate.title, times_to_pay=together, **aggregate.numbers
        )


def _mark_current(day: date, version: str) -> bool:
    """Waits for a transaction that is changing it; later ones wait for this transaction."""
    return bool(KhaltiSnapshot.objects.filter(day=day, version=version, is_current=False).update(is_current=True))
