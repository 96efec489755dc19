"""The state machine, as data: what each kind of evidence does to each status.

A payment only goes forward. Canceled, expired and failed are soft ends: money that comes later is accepted, and
Pending after an end is a matter for a person, because a visitor who paid again then might pay twice.
Completed is left only through refunds.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from wagtail_khalti.gateway import Lookup
from wagtail_khalti.models import KhaltiDelivery, KhaltiIssue, KhaltiPayment
from wagtail_khalti.models.status import PAID, SOFT_ENDS, Status

EventType = KhaltiDelivery.EventType
Doubt = KhaltiIssue.Kind


class GatewayStatus(Enum):
    """What a lookup can prove."""

    INITIATED = "initiated"
    """Khalti knows the payment; nothing happened yet."""
    PENDING = "pending"
    """Begun, not decided."""
    COMPLETED = "completed"
    """The money is there."""
    PARTIALLY_REFUNDED = "partially refunded"
    """The money was there, and some of it went back."""
    REFUNDED_IN_FULL = "refunded"
    """The money was there, and went back."""
    CANCELED = "user canceled"
    """The visitor said no."""
    EXPIRED = "expired"
    """The link ran out."""
    FAILED = "failed"
    """Khalti said no. Gone from the documentation since 2024, still in Khalti's own SDK."""


# Khalti's words, compared without regard to case. "Canceled" was in the documentation for a while.
# What isn't here means neither paid nor failed: it is held for a person.
STATUS_BY_TEXT: Mapping[str, GatewayStatus] = {
    **{details.value: details for details in GatewayStatus},
    "canceled": GatewayStatus.CANCELED,
}

Transition = Status | Doubt | None
"""Where evidence leads: to a status, to a person, or nowhere."""

NO_CHANGE = None
UNEXPECTED = Doubt.UNEXPECTED_STATUS
PENDING, COMPLETED, REFUNDED = Status.PENDING, Status.COMPLETED, Status.REFUNDED
PARTLY = Status.PARTIALLY_REFUNDED
CANCELED, EXPIRED, FAILED = Status.CANCELED, Status.EXPIRED, Status.FAILED

_COLUMNS = tuple(GatewayStatus)

# fmt: off
_ROWS: Mapping[Status, tuple[Transition, ...]] = {
    #                   INITIATED  PENDING  COMPLETED  PARTIALLY_REFUNDED  REFUNDED_IN_FULL  CANCELED  EXPIRED  FAILED
    Status.CREATED:    (UNEXPECTED,       UNEXPECTED,     UNEXPECTED,       UNEXPECTED,         UNEXPECTED,      UNEXPECTED,      UNEXPECTED,     UNEXPECTED),
    Status.INITIATED:  (NO_CHANGE,      PENDING, COMPLETED, PARTLY,      REFUNDED, CANCELED, EXPIRED, FAILED),
    Status.PENDING:    (NO_CHANGE,      NO_CHANGE,    COMPLETED, PARTLY,      REFUNDED, CANCELED, EXPIRED, FAILED),
    Status.COMPLETED:  (NO_CHANGE,      NO_CHANGE,    NO_CHANGE,      PARTLY,      REFUNDED, UNEXPECTED,      UNEXPECTED,     UNEXPECTED),
    Status.PARTIALLY_REFUNDED:
                       (NO_CHANGE,      NO_CHANGE,    UNEXPECTED,       NO_CHANGE,        REFUNDED, UNEXPECTED,      UNEXPECTED,     UNEXPECTED),
    Status.REFUNDED:   (NO_CHANGE,      NO_CHANGE,    UNEXPECTED,       UNEXPECTED,         NO_CHANGE,     UNEXPECTED,      UNEXPECTED,     UNEXPECTED),
    Status.CANCELED:   (NO_CHANGE,      UNEXPECTED,     COMPLETED, PARTLY,      REFUNDED, NO_CHANGE,     NO_CHANGE,    NO_CHANGE),
    Status.EXPIRED:    (NO_CHANGE,      UNEXPECTED,     COMPLETED, PARTLY,      REFUNDED, NO_CHANGE,     NO_CHANGE,    NO_CHANGE),
    Status.FAILED:     (NO_CHANGE,      UNEXPECTED,     COMPLETED, PARTLY,      REFUNDED, NO_CHANGE,     NO_CHANGE,    NO_CHANGE),
}
# fmt: on

MACHINE: Mapping[Status, Mapping[GatewayStatus, Transition]] = {
    status: dict(zip(_COLUMNS, transitions, strict=True)) for status, transitions in _ROWS.items()
}


def transition_for(payment: KhaltiPayment, answer: Lookup) -> Transition:
    """Where this answer leads this payment, as it stands now."""
    if answer.pidx != payment.pidx:
        return Doubt.PIDX_MISMATCH
    meaning = _meaning(answer.status)
    if meaning is None:
        return Doubt.UNKNOWN_STATUS
    if answer.amount != payment.amount:
        return Doubt.AMOUNT_MISMATCH
    if meaning is GatewayStatus.COMPLETED and answer.refunded:
        return Doubt.CONFLICTING_STATUS
    return MACHINE[Status(payment.status)][meaning]


def confirms_payment(answer: Lookup) -> bool:
    """Whether it says that the money came, whatever went back later."""
    return _meaning(answer.status) in (
        GatewayStatus.COMPLETED,
        GatewayStatus.PARTIALLY_REFUNDED,
        GatewayStatus.REFUNDED_IN_FULL,
    )


def becomes_paid(before: Status, after: Status) -> bool:
    """Whether this move is a sale. Money that is all back by the time we hear of it is none."""
    return before not in PAID and after in (Status.COMPLETED, Status.PARTIALLY_REFUNDED)


def event_types_of(before: Status, after: Status) -> list[EventType]:
    """What the site has to hear of this move. What went back it hears refund by refund, from ``book``."""
    if after in SOFT_ENDS:
        return [EventType.ENDED]
    return [EventType.COMPLETED] * becomes_paid(before, after)


def _meaning(word: str) -> GatewayStatus | None:
    return STATUS_BY_TEXT.get(" ".join(word.casefold().split()))
