"""Aggregate payments and refunds by day: the only code that does."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connections
from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    DurationField,
    Expression,
    ExpressionWrapper,
    F,
    IntegerField,
    Max,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, Extract, Floor

from wagtail_khalti.conf import Mode
from wagtail_khalti.dates.days import ONE, beginning_of
from wagtail_khalti.models import KhaltiPayment, KhaltiRefund
from wagtail_khalti.models.status import PAID, Status
from wagtail_khalti.reporting.dimensions import Dimensions, add_up

TEN_SECONDS, MINUTE, HOUR = 10, 60, 3600
MICROSECONDS = 1_000_000

STARTED: Mapping[str, Any] = {
    "started": Count("pk"),
    "sent": Count("initiated_at"),
    "paid": Count("pk", filter=Q(status__in=PAID)),
    "canceled": Count("pk", filter=Q(status=Status.CANCELED)),
    "expired": Count("pk", filter=Q(status=Status.EXPIRED)),
    "failed": Count("pk", filter=Q(status=Status.FAILED)),
}
"""Of payments that were started on a day, in their current status."""
PAYMENTS: Mapping[str, Any] = {"payments": Count("pk"), "gross": Sum("amount"), "fee": Sum("fee")}
"""Of payments that were completed on a day."""
REFUNDS: Mapping[str, Any] = {"refund_count": Count("pk"), "refunded": Sum("amount")}
"""Of the refunds that were made on a day."""

NUMBERS = (*STARTED, *PAYMENTS, *REFUNDS)


@dataclass(slots=True)
class Aggregate:
    """The numbers of one day and one set of dimensions."""

    numbers: Counter[str] = field(default_factory=Counter)
    times: Counter[int] = field(default_factory=Counter)
    """Numbers of payments by time from start to payment, in buckets of ``bucket_of``."""
    title: str = ""
    titled_at: datetime | None = None


Aggregates = dict[tuple[date, Dimensions], Aggregate]


def aggregate_days(days: Sequence[date], **narrow: Any) -> Aggregates:
    """Of a few consecutive days, from the current rows. ``narrow`` filters payments.

    The database groups between given times, so that its own time zones don't matter.
    """
    narrow = {"mode__in": Mode.values, **narrow}  # an index begins with the mode
    payments = KhaltiPayment.objects.filter(**narrow)
    refunds = KhaltiRefund.objects.done().filter(amount__isnull=False)
    refunds = refunds.filter(**{f"payment__{name}": value for name, value in narrow.items()})

    aggregates: Aggregates = defaultdict(Aggregate)
    started = _of(days, payments, "created_at")
    _add(aggregates, days, started, STARTED)
    _add(aggregates, days, _of(days, payments, "completed_at"), PAYMENTS)
    _add(aggregates, days, _of(days, refunds, "resolved_at"), REFUNDS, payment="payment__")
    _add_times(aggregates, days, started.filter(completed_at__isnull=False))
    return dict(aggregates)


def bucket_of(seconds: int) -> int:
    """The lower bound of the bucket of a time to pay: fine buckets for short times, coarse ones for long times."""
    return max(0, seconds) // _width(seconds) * _width(seconds)


def middle_of(bucket: int) -> float:
    """In seconds: the value that represents a bucket."""
    return bucket + _width(bucket) / 2


def _width(seconds: int) -> int:
    if seconds < 10 * MINUTE:
        return TEN_SECONDS
    return MINUTE if seconds < HOUR else HOUR


def _of(days: Sequence[date], rows: QuerySet[Any], column: str) -> QuerySet[Any]:
    """Rows of these days, each with the number of its day."""
    ends = [beginning_of(day + ONE) for day in days]
    cases = [When(**{f"{column}__lt": end}, then=Value(number)) for number, end in enumerate(ends)]
    within = {f"{column}__gte": beginning_of(days[0]), f"{column}__lt": ends[-1]}
    found: QuerySet[Any] = rows.filter(**within).annotate(day_number=Case(*cases, output_field=IntegerField()))
    return found


def _add(
    aggregates: Aggregates, days: Sequence[date], rows: QuerySet[Any], sums: Mapping[str, Any], payment: str = ""
) -> None:
    keys = ["day_number", *(payment + name for name in Dimensions._fields), f"{payment}source_title"]
    for (number, *dimensions, title), found in add_up(rows, keys, {**sums, "latest_at": Max(f"{payment}created_at")}):
        aggregate = aggregates[days[number], Dimensions(*dimensions)]
        latest_at = found.pop("latest_at")
        aggregate.numbers.update(found)
        if aggregate.titled_at is None or latest_at >= aggregate.titled_at:
            aggregate.title, aggregate.titled_at = title, latest_at


def _add_times(aggregates: Aggregates, days: Sequence[date], rows: QuerySet[Any]) -> None:
    rows = rows.annotate(tens=_tens(connections[rows.db].features.has_native_duration_field))
    for (number, *dimensions, tens), found in add_up(
        rows, ["day_number", *Dimensions._fields, "tens"], {"many": Count("pk")}
    ):
        aggregates[days[number], Dimensions(*dimensions)].times[bucket_of(tens * TEN_SECONDS)] += found["many"]


def _tens(has_durations: bool) -> Expression:
    """Tens of seconds from start to payment. Databases without durations store microseconds."""
    took = ExpressionWrapper(F("completed_at") - F("created_at"), output_field=DurationField())
    if has_durations:
        return Cast(Floor(Extract(took, "epoch") / TEN_SECONDS), BigIntegerField())
    return Cast(Floor(Cast(took, BigIntegerField()) / (TEN_SECONDS * MICROSECONDS)), BigIntegerField())
