"""Say that days which are over have to be counted anew."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from wagtail_khalti.dates.days import today
from wagtail_khalti.dates.nepali import day_in_nepal
from wagtail_khalti.models import KhaltiSnapshot
from wagtail_khalti.models.reporting import new_version


def invalidate_days_of(*moments: datetime | None) -> None:
    """In the transaction that changes what these days come to, after its change. Nothing to do for today.

    Also for a day that was never counted: who counts it meanwhile then waits for this transaction, or counts in vain.
    """
    now = today()
    days = sorted(
        {day for moment in moments if moment and (day := day_in_nepal(moment)) < now}
    )  # in one order: no deadlock
    if days:
        KhaltiSnapshot.objects.bulk_create(
            [KhaltiSnapshot(day=day, version=new_version()) for day in days],
            update_conflicts=True,
            update_fields=["version", "is_current"],
            unique_fields=["day"] if connection.features.supports_update_conflicts_with_target else None,
        )
