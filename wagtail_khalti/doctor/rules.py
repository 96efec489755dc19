"""What must hold for each stored payment and each news, as data."""

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
SOLD = (Status.COMPLETED, Status.PARTIALLY_REFUNDED)
AT_KHALTI = (Status.INITIATED, Status.PENDING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One way in which what is stored may disagree with itself."""

    name: str
    words: str | Promise
    """Of the payments that do."""

    broken: Q
    level: Level = Level.ERROR


def _has_event_type(*event_type: EventType) -> Exists:
    return Exists(KhaltiDelivery.objects.filter(payment=OuterRef("pk"), event_type__in=event_type))


def _has_event(kind: KhaltiEvent.Kind) -> Exists:
    return Exists(KhaltiEvent.objects.filter(payment=OuterRef("pk"), kind=kind))


def with_last_move(payments: QuerySet[KhaltiPayment]) -> QuerySet[KhaltiPayment, Any]:
    """Each with the status that its history led to last, as ``last_move``."""
    moves = KhaltiEvent.objects.filter(payment=OuterRef("pk"), kind=KhaltiEvent.Kind.STATUS_CHANGED).order_by("-pk")
    return payments.annotate(last_move=Subquery(moves.annotate(to=KT("data__to")).values("to")[:1]))


def _any_of(conditions: Iterable[Q]) -> Q:
    together = Q()
    for condition in conditions:
        together |= condition
    return together


_MOVED_OTHERWISE = Q(last_move__isnull=False) & ~Q(last_move=F("status"))
_NEVER_MOVED = Q(last_move__isnull=True) & Q(status__in=[Status.PENDING, *PAID, Status.CANCELED, Status.EXPIRED])
_NEVER_REFUSED = Q(last_move__isnull=True, status=Status.FAILED) & ~Q(_has_event(KhaltiEvent.Kind.INITIATE_REJECTED))

_WITHOUT_NEWS = {SOLD: (EventType.COMPLETED,), tuple(SOFT_ENDS): (EventType.ENDED,)}
"""Which news has to be there in which status. Of money that was all back before it was seen, no sale was told."""

_REFUNDS = KhaltiRefund.objects.filter(payment=OuterRef("pk")).order_by()
_SUM_OF_REFUNDS = _REFUNDS.exclude(state=State.FAILED).values("payment").annotate(sum=Sum("amount")).values("sum")
_IS_UNDECIDED = Q(Exists(_REFUNDS.in_progress()))
_IS_BEING_REFUNDED = Q(refunding_since__isnull=False)
_TOLD = KhaltiDelivery.objects.filter(refund=OuterRef("pk"))
_HAS_UNTOLD_REFUND = Q(refund_total__gt=0) & Q(Exists(_REFUNDS.done().exclude(amount=None).filter(~Exists(_TOLD))))
_HAS_MATTER_ABOUT_REFUNDS = Q(
    Exists(KhaltiIssue.objects.open().filter(payment=OuterRef("pk"), kind__in=KhaltiIssue.ABOUT_REFUNDS))
)

_SALE_OF_ANOTHER_THING = ~Q(
    duplicate_of__payable_type=F("payable_type"), duplicate_of__payable_id=F("payable_id"), duplicate_of__mode=F("mode")
)

PAYMENT_RULES = (
    Rule(
        name="paid_without_time",
        words=_("Paid, without the time of payment"),
        broken=Q(status__in=PAID, completed_at=None),
    ),
    Rule(
        name="paid_without_evidence",
        words=_("Paid, and Khalti was never heard to say so"),
        broken=Q(status__in=PAID) & (Q(looked_up_at=None) | Q(pidx=None)),
    ),
    Rule(
        name="paid_without_transaction",
        words=_("Paid, without Khalti's transaction id, which a refund needs"),
        broken=Q(status__in=SOLD, transaction_id=""),
        level=Level.WARNING,
    ),
    Rule(
        name="ended_without_time",
        words=_("Ended, without the time of the end"),
        broken=Q(status__in=SOFT_ENDS, ended_at=None),
    ),
    Rule(
        name="fee_above_amount",
        words=_("The fee is larger than the amount"),
        broken=Q(fee__gt=F("amount")),
    ),
    Rule(
        name="sale_without_money",
        words=_("Counted as the sale, but not paid"),
        broken=Q(is_primary=True) & ~Q(status__in=SOLD),
    ),
    Rule(
        name="duplicate_without_sale",
        words=_("Held for a second payment, but the first one did not pay for the same"),
        broken=Q(duplicate_of__isnull=False) & (~Q(duplicate_of__status__in=PAID) | _SALE_OF_ANOTHER_THING),
    ),
    Rule(
        name="status_not_in_history",
        words=_("The status is not the one that the history led to"),
        broken=_any_of([_MOVED_OTHERWISE, _NEVER_MOVED, _NEVER_REFUSED]),
    ),
    Rule(
        name="news_missing",
        words=_("The site's code was never to hear what happened"),
        broken=Q(duplicate_of=None)
        & _any_of(
            [
                _HAS_UNTOLD_REFUND,
                *(
                    Q(status__in=statuses) & ~Q(_has_event_type(*event_type))
                    for statuses, event_type in _WITHOUT_NEWS.items()
                ),
            ]
        ),
    ),
    Rule(
        name="refunds_differ",
        words=_("What was given back is not the sum of the refunds"),
        broken=~Q(refund_total=Coalesce(Subquery(_SUM_OF_REFUNDS), 0)),
    ),
    Rule(
        name="refunding_differs",
        words=_("Held for a refund that is decided, or not held for one that is not"),
        broken=(_IS_BEING_REFUNDED & ~_IS_UNDECIDED) | (~_IS_BEING_REFUNDED & _IS_UNDECIDED),
    ),
    Rule(
        name="refunded_in_part",
        words=_("Refunded, but the refunds are not all of the amount"),
        broken=Q(status=Status.REFUNDED, refund_total__lt=F("amount"))
        & ~(_IS_BEING_REFUNDED | _HAS_MATTER_ABOUT_REFUNDS),
    ),
    Rule(
        name="never_asked_again",
        words=_("Undecided, and never to be asked about again"),
        broken=Q(status__in=AT_KHALTI, next_check_at=None),
    ),
    Rule(
        name="without_pidx",
        words=_("Sent to Khalti, without the pidx to ask with"),
        broken=Q(status__in=AT_KHALTI, pidx=None),
    ),
)

EVENT_RULES = (
    Rule(
        name="delivered_without_try",
        words=_("News marked as told that nobody tried to tell"),
        broken=Q(delivered_at__isnull=False, attempts=0),
    ),
    Rule(
        name="never_told",
        words=_("News that is never to be told"),
        broken=Q(delivered_at=None, next_try_at=None),
    ),
)

# Not said in the language of the database: see ``ledger``.
UNEVEN = Rule(name="breakdown_differs", words=_("The breakdown does not add up to the amount"), broken=Q())
TWO_SALES = Rule(name="two_sales", words=_("Sold twice: more than one payment bought the same thing"), broken=Q())
