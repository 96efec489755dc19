"""Invalidate the snapshots of closed days."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from wagtail_khalti.dates.days import today
from wagtail_khalti.dates.nepali import day_in_nepal
from wagtail_khalti.models import KhaltiSnapshot
from wagtail_khalti.models.reporting import new_version


def invalidate_days_of(*moments: datetime | None) -> None:
    """Call it in the transaction that changes the totals of these days, after the change. Does nothing for today.

    Days without a snapshot get one, too, so that a concurrent aggregation waits for this transaction or is discarded.
    """
    now = today()
    days = sorted(
        {day for moment in moments if moment and (day := day_in_nepal(moment)) < now}
    )  # sorted, to avoid deadlocks
    if days:
        KhaltiSnapshot.objects.bulk_create(
            [KhaltiSnapshot(day=day, version=new_version()) for day in days],
            update_conflicts=True,
            update_fields=["version", "is_current"],
            unique_fields=["day"] if connection.features.supports_update_conflicts_with_target else None,
        )
