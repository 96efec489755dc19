"""Rules for stored payments and deliveries, as data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from wagtail_khalti.doctor.finding import Level
from wagtail_khalti.models import KhaltiDelivery, KhaltiEvent, KhaltiIssue, KhaltiPayment, KhaltiRefund
from wagtail_khalti.models.refund import State
from wagtail_khalti.models.status import PAID, SOFT_ENDS, Status

EventType = KhaltiDelivery.EventType
PURCHASED = (Status.COMPLETED, Status.PARTIALLY_REFUNDED)
AT_KHALTI = (Status.INITIATED, Status.PENDING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A way in which stored data may be inconsistent."""

    name: str
    sentence: str | Promise
    """Describes the payments that break it."""

    broken: Q
    level: Level = Level.ERROR


def _has_delivery(*event_types: EventType) -> Exists:
    return Exists(KhaltiDelivery.objects.filter(payment=OuterRef("pk"), event_type__in=event_types))


def _has_event(kind: KhaltiEvent.Kind) -> Exists:
    return Exists(KhaltiEvent.objects.filter(payment=OuterRef("pk"), kind=kind))


def with_last_status(payments: QuerySet[KhaltiPayment]) -> QuerySet[KhaltiPayment, Any]:
    """Annotated with the last status of its timeline, as ``last_status``."""
    changes = KhaltiEvent.objects.filter(payment=OuterRef("pk"), kind=KhaltiEvent.Kind.STATUS_CHANGED).order_by("-pk")
    return payments.annotate(last_status=Subquery(changes.annotate(to=KT("data__to")).values("to")[:1]))


def _any_of(conditions: Iterable[Q]) -> Q:
    combined = Q()
    for condition in conditions:
        combined |= condition
    return combined


_STATUS_DIFFERS = Q(last_status__isnull=False) & ~Q(last_status=F("status"))
_STATUS_NOT_RECORDED = Q(last_status__isnull=True) & Q(
    status__in=[Status.PENDING, *PAID, Status.CANCELED, Status.EXPIRED]
)
_REJECTION_NOT_RECORDED = Q(last_status__isnull=True, status=Status.FAILED) & ~Q(
    _has_event(KhaltiEvent.Kind.INITIATE_REJECTED)
)

_EXPECTED_EVENTS = {PURCHASED: (EventType.COMPLETED,), tuple(SOFT_ENDS): (EventType.ENDED,)}
"""The events that must exist by status. A payment that was fully refunded before we saw it has none."""

_REFUNDS = KhaltiRefund.objects.filter(payment=OuterRef("pk")).order_by()
_SUM_OF_REFUNDS = _REFUNDS.exclude(state=State.FAILED).values("payment").annotate(sum=Sum("amount")).values("sum")
_HAS_OPEN_REFUND = Q(Exists(_REFUNDS.in_progress()))
_IS_BEING_REFUNDED = Q(refunding_since__isnull=False)
_DELIVERIES = KhaltiDelivery.objects.filter(refund=OuterRef("pk"))
_HAS_REFUND_WITHOUT_EVENT = Q(refund_total__gt=0) & Q(
    Exists(_REFUNDS.done().exclude(amount=None).filter(~Exists(_DELIVERIES)))
)
_HAS_REFUND_ISSUE = Q(
    Exists(KhaltiIssue.objects.open().filter(payment=OuterRef("pk"), kind__in=KhaltiIssue.ABOUT_REFUNDS))
)

_PRIMARY_OF_ANOTHER_PAYABLE = ~Q(
    duplicate_of__payable_type=F("payable_type"), duplicate_of__payable_id=F("payable_id"), duplicate_of__mode=F("mode")
)

PAYMENT_RULES = (
    Rule(
        name="paid_without_time",
        sentence=_("Paid, but without a payment time"),
        broken=Q(status__in=PAID, completed_at=None),
    ),
    Rule(
        name="paid_without_lookup",
        sentence=_("Paid, but never confirmed by a lookup"),
        broken=Q(status__in=PAID) & (Q(looked_up_at=None) | Q(pidx=None)),
    ),
    Rule(
        name="paid_without_transaction",
        sentence=_("Paid, but without a Khalti transaction ID, which refunds need"),
        broken=Q(status__in=PURCHASED, transaction_id=""),
        level=Level.WARNING,
    ),
    Rule(
        name="paid_without_receipt_number",
        sentence=_("Paid, but without a receipt number"),
        broken=Q(status__in=PAID) & (Q(receipt_number=None) | Q(receipt_year=None)),
    ),
    Rule(
        name="receipt_number_not_paid",
        sentence=_("Has a receipt number, but is not paid"),
        broken=Q(receipt_number__isnull=False) & ~Q(status__in=PAID),
    ),
    Rule(
        name="ended_without_time",
        sentence=_("Ended, but without an end time"),
        broken=Q(status__in=SOFT_ENDS, ended_at=None),
    ),
    Rule(
        name="fee_above_amount",
        sentence=_("The fee is larger than the amount"),
        broken=Q(fee__gt=F("amount")),
    ),
    Rule(
        name="primary_not_paid",
        sentence=_("Primary payment, but not paid"),
        broken=Q(is_primary=True) & ~Q(status__in=PURCHASED),
    ),
    Rule(
        name="duplicate_without_primary",
        sentence=_("Duplicate payment, but the first one did not pay for the same"),
        broken=Q(duplicate_of__isnull=False) & (~Q(duplicate_of__status__in=PAID) | _PRIMARY_OF_ANOTHER_PAYABLE),
    ),
    Rule(
        name="status_not_in_timeline",
        sentence=_("The status differs from the last one of the timeline"),
        broken=_any_of([_STATUS_DIFFERS, _STATUS_NOT_RECORDED, _REJECTION_NOT_RECORDED]),
    ),
    Rule(
        name="event_missing",
        sentence=_("An event for the site is missing"),
        broken=Q(duplicate_of=None)
        & _any_of(
            [
                _HAS_REFUND_WITHOUT_EVENT,
                *(
                    Q(status__in=statuses) & ~Q(_has_delivery(*event_types))
                    for statuses, event_types in _EXPECTED_EVENTS.items()
                ),
            ]
        ),
    ),
    Rule(
        name="refunds_differ",
        sentence=_("The refunded amount differs from the sum of the refunds"),
        broken=~Q(refund_total=Coalesce(Subquery(_SUM_OF_REFUNDS), 0)),
    ),
    Rule(
        name="refunding_differs",
        sentence=_("Marked as being refunded without a refund in progress, or the other way round"),
        broken=(_IS_BEING_REFUNDED & ~_HAS_OPEN_REFUND) | (~_IS_BEING_REFUNDED & _HAS_OPEN_REFUND),
    ),
    Rule(
        name="refunded_in_part",
        sentence=_("Refunded, but the refunds are less than the amount"),
        broken=Q(status=Status.REFUNDED, refund_total__lt=F("amount")) & ~(_IS_BEING_REFUNDED | _HAS_REFUND_ISSUE),
    ),
    Rule(
        name="never_checked_again",
        sentence=_("In progress, but no further check is scheduled"),
        broken=Q(status__in=AT_KHALTI, next_check_at=None),
    ),
    Rule(
        name="without_pidx",
        sentence=_("Sent to Khalti, but without a pidx"),
        broken=Q(status__in=AT_KHALTI, pidx=None),
    ),
)

EVENT_RULES = (
    Rule(
        name="delivered_without_attempt",
        sentence=_("Event marked as delivered without an attempt"),
        broken=Q(delivered_at__isnull=False, attempts=0),
    ),
    Rule(
        name="never_delivered",
        sentence=_("Event that is not delivered, and not scheduled"),
        broken=Q(delivered_at=None, next_try_at=None),
    ),
)

# Not a condition of a query: see ``ledger``.
BREAKDOWN_DIFFERS = Rule(
    name="breakdown_differs", sentence=_("The breakdown does not add up to the amount"), broken=Q()
)
TWO_PRIMARIES = Rule(name="two_primaries", sentence=_("Paid for twice: several payments for the same item"), broken=Q())
