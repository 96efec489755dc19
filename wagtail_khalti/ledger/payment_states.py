"""The state machine of a payment, as data: what each status at Khalti does to each of ours.

A payment only moves forward. Canceled, expired and failed are soft ends: a later payment is accepted, and Pending
after an end opens an issue, because a visitor who then pays again might pay twice. Completed is left only by refunds.
"""

from __future__ import annotations

from collections.abc import Mapping

from wagtail_khalti.gateway import GatewayStatus, Lookup
from wagtail_khalti.models import KhaltiDelivery, KhaltiIssue, KhaltiPayment
from wagtail_khalti.models.status import PAID, SOFT_ENDS, Status

EventType = KhaltiDelivery.EventType
Issue = KhaltiIssue.Kind

Transition = Status | Issue | None
"""Where a status at Khalti leads: to one of ours, to an issue, or nowhere."""

NO_CHANGE = None
UNEXPECTED = Issue.UNEXPECTED_STATUS
PENDING, COMPLETED, REFUNDED = Status.PENDING, Status.COMPLETED, Status.REFUNDED
PARTIAL = Status.PARTIALLY_REFUNDED
CANCELED, EXPIRED, FAILED = Status.CANCELED, Status.EXPIRED, Status.FAILED

# fmt: off
_ROWS: Mapping[Status, tuple[Transition, ...]] = {
    #                  INITIATED   PENDING     COMPLETED   PARTIALLY   REFUNDED    CANCELED    EXPIRED     FAILED
    #                                                      REFUNDED
    Status.CREATED:   (UNEXPECTED, UNEXPECTED, UNEXPECTED, UNEXPECTED, UNEXPECTED, UNEXPECTED, UNEXPECTED, UNEXPECTED),
    Status.INITIATED: (NO_CHANGE,  PENDING,    COMPLETED,  PARTIAL,    REFUNDED,   CANCELED,   EXPIRED,    FAILED),
    Status.PENDING:   (NO_CHANGE,  NO_CHANGE,  COMPLETED,  PARTIAL,    REFUNDED,   CANCELED,   EXPIRED,    FAILED),
    Status.COMPLETED: (NO_CHANGE,  NO_CHANGE,  NO_CHANGE,  PARTIAL,    REFUNDED,   UNEXPECTED, UNEXPECTED, UNEXPECTED),
    Status.PARTIALLY_REFUNDED:
                      (NO_CHANGE,  NO_CHANGE,  UNEXPECTED, NO_CHANGE,  REFUNDED,   UNEXPECTED, UNEXPECTED, UNEXPECTED),
    Status.REFUNDED:  (NO_CHANGE,  NO_CHANGE,  UNEXPECTED, UNEXPECTED, NO_CHANGE,  UNEXPECTED, UNEXPECTED, UNEXPECTED),
    Status.CANCELED:  (NO_CHANGE,  UNEXPECTED, COMPLETED,  PARTIAL,    REFUNDED,   NO_CHANGE,  NO_CHANGE,  NO_CHANGE),
    Status.EXPIRED:   (NO_CHANGE,  UNEXPECTED, COMPLETED,  PARTIAL,    REFUNDED,   NO_CHANGE,  NO_CHANGE,  NO_CHANGE),
    Status.FAILED:    (NO_CHANGE,  UNEXPECTED, COMPLETED,  PARTIAL,    REFUNDED,   NO_CHANGE,  NO_CHANGE,  NO_CHANGE),
}
# fmt: on

MACHINE: Mapping[Status, Mapping[GatewayStatus, Transition]] = {
    status: dict(zip(GatewayStatus, transitions, strict=True)) for status, transitions in _ROWS.items()
}


def transition_for(payment: KhaltiPayment, answer: Lookup) -> Transition:
    """The transition that this response causes for this payment in its current status."""
    if answer.pidx != payment.pidx:
        return Issue.PIDX_MISMATCH
    status = answer.gateway_status
    if status is None:
        return Issue.UNKNOWN_STATUS
    if answer.amount != payment.amount:
        return Issue.AMOUNT_MISMATCH
    if status is GatewayStatus.COMPLETED and answer.refunded:
        return Issue.CONFLICTING_STATUS
    return MACHINE[Status(payment.status)][status]


def confirms_payment(answer: Lookup) -> bool:
    """Whether it confirms the payment, regardless of later refunds."""
    return answer.gateway_status in (
        GatewayStatus.COMPLETED,
        GatewayStatus.PARTIALLY_REFUNDED,
        GatewayStatus.REFUNDED,
    )


def becomes_paid(before: Status, after: Status) -> bool:
    """Whether this change is a purchase. A payment that is already fully refunded when we first see it is none."""
    return before not in PAID and after in (Status.COMPLETED, Status.PARTIALLY_REFUNDED)


def event_types_of(before: Status, after: Status) -> list[EventType]:
    """The events that this change causes for the site. Those of refunds come one by one, from ``ledger.refunds``."""
    if after in SOFT_ENDS:
        return [EventType.ENDED]
    return [EventType.COMPLETED] * becomes_paid(before, after)
