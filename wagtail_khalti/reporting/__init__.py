"""Totals of payments, by day and dimension."""

from wagtail_khalti.reporting.aggregates import NUMBERS, aggregate_days
from wagtail_khalti.reporting.checkout_views import count_checkout_view
from wagtail_khalti.reporting.dimensions import Dimensions
from wagtail_khalti.reporting.rebuild import rebuild_snapshots
from wagtail_khalti.reporting.snapshots import MAX_DAYS_AT_ONCE, save_latest_snapshots
from wagtail_khalti.reporting.totals import DimensionTotals, Sums, Totals, totals

__all__ = [
    "MAX_DAYS_AT_ONCE",
    "NUMBERS",
    "DimensionTotals",
    "Dimensions",
    "Sums",
    "Totals",
    "aggregate_days",
    "count_checkout_view",
    "rebuild_snapshots",
    "save_latest_snapshots",
    "totals",
]
