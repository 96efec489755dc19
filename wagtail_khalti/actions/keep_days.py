"""Count days that are over, and keep what they came to, unless it changed meanwhile."""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import DatabaseError

from wagtail_khalti.actions.count import Tallies, count
from wagtail_khalti.actions.days import day_of, days_between, last_settled_day, stretches
from wagtail_khalti.actions.outside import require_no_transaction
from wagtail_khalti.actions.stamp import new_stamp, zone_mark
from wagtail_khalti.conf import Mode
from wagtail_khalti.models import KhaltiCountedDay, KhaltiDayTotal, KhaltiPayment
from wagtail_khalti.models.transactions import short_transaction

logger = logging.getLogger(__name__)

LONGEST_STRETCH = 31
"""Days that are counted at once: few questions for a year, and never long ones."""
MOST = 2 * LONGEST_STRETCH
"""Days that one run of ``reconcile`` keeps, so that the money facts of the next one need not wait."""


def keep_days(days: Iterable[date], *, is_over: Callable[[], bool] = lambda: False) -> set[date]:
    """Those of ``days`` that are kept now. A count that fails, or that was overtaken, is for the next time.

    Commits on its own, so it can't run inside a transaction.
    """
    require_no_transaction("keep_days")
    kept: set[date] = set()
    for stretch in stretches((day for day in days if day <= last_settled_day()), most=LONGEST_STRETCH):
        if is_over():
            break
        try:
            stamps = _stamps(stretch)
            kept |= _keep(stamps, count(stretch))
        except DatabaseError as error:  # it may be read only, or a site may just have been deleted
            logger.warning("The totals of %s to %s could not be kept: %s", stretch[0], stretch[-1], error)
    return kept


def keep_up(*, is_over: Callable[[], bool]) -> set[date]:
    """Of the days that are not kept the latest ones, which people look at first."""
    began_on = first_day()
    if began_on is None or is_over():
        return set()
    return keep_days(uncounted_days(began_on, last_settled_day())[-MOST:], is_over=is_over)


def first_day(*modes: str) -> date | None:
    """On which the first payment was begun, of some mode or of any: before it there is nothing to count."""
    rows = [KhaltiPayment.objects.filter(mode=mode).order_by("created_at") for mode in modes or Mode.values]
    moments = [moment for some in rows for moment in some.values_list("created_at", flat=True)[:1]]
    return day_of(min(moments)) if moments else None


def uncounted_days(first: date, last: date) -> list[date]:
    """Those of which nothing is kept, or nothing that still holds."""
    rows = KhaltiCountedDay.objects.filter(day__range=(first, last), is_counted=True)
    counted = set(rows.filter(stamp__startswith=zone_mark()).values_list("day", flat=True))
    return [day for day in days_between(first, last) if day not in counted]


def _stamps(days: Sequence[date]) -> dict[date, str]:
    """Those that the count is going to hold for. Committed before the ledger is read.

    They are changed by nobody who counts, so that of many who do so at the same time one always succeeds.
    """
    rows = KhaltiCountedDay.objects.filter(day__in=days)
    stamps = dict(rows.values_list("day", "stamp"))
    for day in days:
        if day in stamps and not stamps[day].startswith(zone_mark()):
            rows.filter(day=day, stamp=stamps[day]).update(stamp=new_stamp(), is_counted=False)
    missing = [KhaltiCountedDay(day=day, stamp=new_stamp()) for day in days if day not in stamps]
    KhaltiCountedDay.objects.bulk_create(missing, ignore_conflicts=True)
    return dict(rows.filter(is_counted=False, stamp__startswith=zone_mark()).values_list("day", "stamp"))


def _keep(stamps: Mapping[date, str], tallies: Tallies) -> set[date]:
    with short_transaction():
        kept = {day for day in sorted(stamps) if _is_still_true(day, stamps[day])}  # in one order: no deadlock
        # With the mode, for the sake of the index.
        KhaltiDayTotal.objects.filter(mode__in=Mode.values, day__in=kept).delete()
        KhaltiDayTotal.objects.bulk_create(total for total in _as_kept(tallies) if total.day in kept)
    return kept


def _as_kept(tallies: Tallies) -> Iterator[KhaltiDayTotal]:
    """The times of one site together, with the first of its places: nobody asks for those of a place."""
    times: dict[tuple[Any, ...], Counter[int]] = defaultdict(Counter)
    for (day, place), tally in tallies.items():
        times[day, place.mode, place.merchant, place.site_id].update(tally.times)
    for (day, place), tally in tallies.items():
        together = times.pop((day, place.mode, place.merchant, place.site_id), Counter())
        yield KhaltiDayTotal(
            day=day, **place._asdict(), source_title=tally.title, times_to_pay=together, **tally.numbers
        )


def _is_still_true(day: date, stamp: str) -> bool:
    """Waits for whoever is just changing it; from here on they wait for us."""
    return bool(KhaltiCountedDay.objects.filter(day=day, stamp=stamp, is_counted=False).update(is_counted=True))
