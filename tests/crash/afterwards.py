"""The restart: time goes by, the scheduled command runs, and what became of it all is written down."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.db.models import Count
from django.utils import timezone
from wagtail.models import ModelLogEntry

from tests.crash.refund_books import went_back_here
from tests.crash.shop import PARCEL, parcels
from tests.shop.models import Order
from wagtail_khalti.actions import reconcile
from wagtail_khalti.models import (
    KhaltiDelivery,
    KhaltiEvent,
    KhaltiIssue,
    KhaltiPayment,
    KhaltiReceiptCounter,
    KhaltiRefund,
    KhaltiRun,
    KhaltiSearchEntry,
)

PAUSES = (timedelta(minutes=10), timedelta(hours=7), timedelta(hours=25))
"""Longer than who was killed has it in hand, than the longest pause after a failure, and than the daily look back."""

MOST_ROUNDS = 50


def reconcile_until_nothing_is_due() -> None:
    """Judged by the rows, and not by what a run says that it did."""
    for _round in range(MOST_ROUNDS):
        now = timezone.now()
        if not (KhaltiPayment.objects.due(now).exists() or KhaltiDelivery.objects.due(now).exists()):
            return
        reconcile()
    raise AssertionError("there is always something due")


def time_goes_by(clock: Any, pauses: Iterable[timedelta] = PAUSES) -> None:
    for pause in pauses:
        clock.shift(pause)
        reconcile_until_nothing_is_due()


def outcome(khalti: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """All that has to be the same as if nobody had been killed. Without references and times, which never are."""
    news_by_reference = parcels()
    return {
        "payments": sorted(_payment(payment) for payment in KhaltiPayment.objects.all()),
        "told": sorted(KhaltiDelivery.objects.exclude(delivered_at=None).values_list("event_type", flat=True)),
        "not told": sorted(KhaltiDelivery.objects.undelivered().values_list("event_type", flat=True)),
        "done": sorted((event_type, times) for (event_type, _reference), times in news_by_reference.items()),
        "sold": sorted(Order.objects.exclude(note__startswith=PARCEL).values_list("times_paid", flat=True)),
        "paid at Khalti": sorted(_at_khalti(entry) for entry in khalti if entry["paid"]),
        "given back": sorted(_given_back(payment) for payment in KhaltiPayment.objects.all()),
        "closed": KhaltiEvent.objects.filter(kind="issue_resolved").count(),
    }


def _payment(payment: KhaltiPayment) -> tuple[Any, ...]:
    issues = payment.issues.order_by().values_list("kind", "is_open", "resolution").annotate(times=Count("pk"))
    return (
        payment.status,
        payment.amount,
        payment.is_late,
        bool(payment.is_primary),
        bool(payment.duplicate_of_id),
        bool(payment.pidx and payment.payment_url),
        sorted(map(str, issues)),
        [
            str(data)
            for data in payment.events.filter(kind="status_changed").order_by("pk").values_list("data", flat=True)
        ],
    )


def _at_khalti(entry: Mapping[str, Any]) -> tuple[Any, ...]:
    return (entry["status"], entry["paid"], entry["returned"])


def _given_back(payment: KhaltiPayment) -> tuple[Any, ...]:
    """Without the refunds that were not made: who was killed may have had to begin anew."""
    refunds = [(refund.method, refund.amount, refund.refundable) for refund in went_back_here(payment)]
    return (payment.status, bool(payment.is_primary), payment.refund_total, refunds)


MONEY = ("paid at Khalti", "given back", "sold")
"""What has to be the same however often somebody had to press, and whatever a person had to decide."""


def sweep() -> None:
    """As if nothing had ever happened."""
    KhaltiPayment.objects.update(duplicate_of=None)
    emptied = (
        KhaltiSearchEntry,
        KhaltiEvent,
        KhaltiDelivery,
        KhaltiIssue,
        KhaltiRefund,
        KhaltiPayment,
        KhaltiReceiptCounter,
        KhaltiRun,
        Order,
        ModelLogEntry,
    )
    for model in emptied:
        rows = model._base_manager.all()
        rows._raw_delete(rows.db)
