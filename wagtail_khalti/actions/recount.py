"""Say that days which are over have to be counted anew."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from wagtail_khalti.actions.days import today
from wagtail_khalti.actions.stamp import new_stamp
from wagtail_khalti.calendars import day_in_nepal
from wagtail_khalti.models import KhaltiCountedDay


def recount_days_of(*moments: datetime | None) -> None:
    """In the transaction that changes what these days come to, after its change. Nothing to do for today.

    Also for a day that was never counted: who counts it meanwhile then waits for this transaction, or counts in vain.
    """
    now = today()
    days = sorted(
        {day for moment in moments if moment and (day := day_in_nepal(moment)) < now}
    )  # in one order: no deadlock
    if days:
        KhaltiCountedDay.objects.bulk_create(
            [KhaltiCountedDay(day=day, stamp=new_stamp()) for day in days],
            update_conflicts=True,
            update_fields=["stamp", "is_counted"],
            unique_fields=["day"] if connection.features.supports_update_conflicts_with_target else None,
        )
