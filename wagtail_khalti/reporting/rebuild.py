"""Rebuild the snapshots of all days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from wagtail_khalti.dates.days import days_between, last_closed_day
from wagtail_khalti.models import KhaltiSnapshot
from wagtail_khalti.models.reporting import new_version
from wagtail_khalti.reporting.snapshots import first_day, save_snapshots


def rebuild_snapshots(*, is_over: Callable[[], bool] = lambda: False) -> set[date]:
    """Returns the days that were rebuilt; ``is_over`` leaves the others for later. Can't run inside a transaction.

    All snapshots are invalidated first; days that are not rebuilt are aggregated live.
    """
    # Day by day, each in its own transaction, to avoid deadlocks.
    stored = list(KhaltiSnapshot.objects.order_by("day").values_list("day", flat=True))
    for day in stored:
        KhaltiSnapshot.objects.filter(day=day).update(version=new_version(), is_current=False)
    began_on = first_day()
    days = days_between(began_on, last_closed_day()) if began_on else []
    return save_snapshots({*stored, *days}, is_over=is_over)
