"""Forget what is kept of all days, and count them again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from wagtail_khalti.actions.days import days_between, last_settled_day
from wagtail_khalti.actions.keep_days import first_day, keep_days
from wagtail_khalti.actions.stamp import new_stamp
from wagtail_khalti.models import KhaltiCountedDay


def count_all_days_anew(*, is_over: Callable[[], bool] = lambda: False) -> set[date]:
    """Those that are counted now; ``is_over`` leaves the others for later. Can't run inside a transaction.

    Everything is forgotten first: what is not counted again is counted for whoever asks.
    """
    # Day by day: who holds one of them waits for no other, so there is no deadlock.
    counted = list(KhaltiCountedDay.objects.order_by("day").values_list("day", flat=True))
    for day in counted:
        KhaltiCountedDay.objects.filter(day=day).update(stamp=new_stamp(), is_counted=False)
    began_on = first_day()
    days = days_between(began_on, last_settled_day()) if began_on else []
    return keep_days({*counted, *days}, is_over=is_over)
