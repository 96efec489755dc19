"""Forget what is kept of all days, and count them again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from wagtail_khalti.dates.days import days_between, last_closed_day
from wagtail_khalti.models import KhaltiSnapshot
from wagtail_khalti.models.reporting import new_version
from wagtail_khalti.reporting.snapshots import first_day, save_snapshots


def rebuild_snapshots(*, is_over: Callable[[], bool] = lambda: False) -> set[date]:
    """Those that are counted now; ``is_over`` leaves the others for later. Can't run inside a transaction.

    Everything is forgotten first: what is not counted again is counted for whoever asks.
    """
    # Day by day: who holds one of them waits for no other, so there is no deadlock.
    counted = list(KhaltiSnapshot.objects.order_by("day").values_list("day", flat=True))
    for day in counted:
        KhaltiSnapshot.objects.filter(day=day).update(version=new_version(), is_current=False)
    began_on = first_day()
    days = days_between(began_on, last_closed_day()) if began_on else []
    return save_snapshots({*counted, *days}, is_over=is_over)
