"""The only code that changes a refund: its state, the sum of the payment's refunds, and what follows from both.

Everything here needs a transaction that locks the payment, so that refunds of one payment change one after another.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.utils import timezone

from wagtail_khalti.exceptions import KhaltiError
from wagtail_khalti.ledger.issues import open_issue, resolve_open
from wagtail_khalti.ledger.locks import reserve
from wagtail_khalti.ledger.refund_states import MACHINE, RefundTrigger
from wagtail_khalti.ledger.schedule import next_check
from wagtail_khalti.models import KhaltiDelivery, KhaltiEvent, KhaltiIssue, KhaltiMail, KhaltiPayment, KhaltiRefund
from wagtail_khalti.models.refund import DONE, IN_PROGRESS, State
from wagtail_khalti.money import Paisa
from wagtail_khalti.text.email_addresses import is_address

MAX_ANSWER_LENGTH = 500
ENDED_BY_REFUND = (KhaltiIssue.Kind.DUPLICATE_PAYMENT, KhaltiIssue.Kind.OVERSOLD)
"""Issues whose cause is gone when all of the payment was refunded."""

EVENTS: Mapping[RefundTrigger, KhaltiEvent.Kind] = {
    RefundTrigger.SENT: KhaltiEvent.Kind.REFUND_SENT,
    RefundTrigger.ACCEPTED: KhaltiEvent.Kind.REFUND_ACCEPTED,
    RefundTrigger.LOST: KhaltiEvent.Kind.NO_ANSWER,
    RefundTrigger.ABANDONED: KhaltiEvent.Kind.NO_ANSWER,
}
"""Triggers that decide nothing; where the refund reaches a final state, the event says which."""


def move_refund(
    refund: KhaltiRefund,
    trigger: RefundTrigger,
    *,
    answer: str = "",
    error: KhaltiError | None = None,
    note: str = "",
    by: AbstractBaseUser | None = None,
) -> bool:
    """Returns whether the state changed. ``answer`` is Khalti's message, ``note`` the person's."""
    before = State(refund.state)
    transition = MACHINE[before][trigger]
    refund.answer = answer[:MAX_ANSWER_LENGTH] or refund.answer
    refund.is_accepted = refund.is_accepted or trigger is RefundTrigger.ACCEPTED
    if isinstance(transition, State):
        refund.state = transition
    if refund.state == State.PROCESSING != before:
        refund.sent_at = timezone.now()
    if refund.state == State.FAILED and not refund.sent_at:
        refund.idempotency_key = None  # nothing was sent, so the same refund may be tried again
    refund.save(update_fields=["state", "answer", "is_accepted", "sent_at", "idempotency_key"])

    _record(refund, trigger, before, by=by, note=note, **(error.as_data() if error else {}))
    if isinstance(transition, KhaltiIssue.Kind):
        open_issue(refund.payment, transition, about(refund) | {"was": before, "answer": refund.answer})
    if before in IN_PROGRESS and refund.state not in IN_PROGRESS:
        _resolve(refund, by=by)
    return transition is not None and refund.state != before


def record_external_refund(
    refund: KhaltiRefund, amount: Paisa | None, *, by: AbstractBaseUser | None = None, note: str = ""
) -> None:
    """Record a manual refund, or the amount of one; None if it is not known yet.

    Of an amount above the refundable balance only the balance is counted, and an issue is opened.
    """
    payment = refund.payment
    counted = None if amount is None else min(amount, payment.refundable)
    refund.amount = counted or None
    refund.save()
    data = about(refund) | {"amount": amount, "method": refund.method, "note": note}
    KhaltiEvent.about(payment, KhaltiEvent.Kind.REFUND_RECORDED, by=by, data=data).save()
    if amount is None or counted is None:
        return
    reserve(payment, counted)
    _finish(refund, by=by)
    resolve_open(payment.issues.filter(kind=KhaltiIssue.Kind.REFUND_AMOUNT_MISSING), by=by, note=note)
    if amount > counted:
        report_over_refund(payment, amount - counted)


def report_over_refund(payment: KhaltiPayment, paisa: int) -> None:
    """The refunds exceed the payment by this amount, which is not part of ``refund_total``."""
    open_issue(payment, KhaltiIssue.Kind.OVER_REFUNDED, {"excess": paisa})


def about(refund: KhaltiRefund) -> dict[str, Any]:
    """The data about it in events and issues."""
    return {"refund": refund.reference, "amount": refund.amount}


def _record(
    refund: KhaltiRefund, trigger: RefundTrigger, before: State, *, by: AbstractBaseUser | None, **details: str
) -> None:
    is_too_late = trigger is RefundTrigger.SENT and refund.state == before  # it was abandoned in the meantime
    kind = None if is_too_late else EVENTS.get(trigger)
    if refund.state != before and refund.state not in IN_PROGRESS:
        has_succeeded = refund.state == State.SUCCEEDED
        kind = KhaltiEvent.Kind.REFUND_SUCCEEDED if has_succeeded else KhaltiEvent.Kind.REFUND_FAILED
    elif trigger is RefundTrigger.REJECTED:
        kind = KhaltiEvent.Kind.REFUND_FAILED
    if kind:
        data = about(refund) | {
            "request": "refund",
            "trigger": trigger.name.lower(),
            "answer": refund.answer,
            **details,
        }
        KhaltiEvent.about(refund.payment, kind, by=by, data=data).save()


def _resolve(refund: KhaltiRefund, *, by: AbstractBaseUser | None) -> None:
    """It has reached a final state: its amount stays reserved if it was made, and is released if not."""
    payment = refund.payment
    released = 0 if refund.state in DONE else -(refund.amount or 0)
    payment.refunding_since = None
    reserve(payment, released, refunding_since=None, next_check_at=next_check(payment, {}, now=timezone.now()))
    resolve_open(payment.issues.filter(kind=KhaltiIssue.Kind.REFUND_UNCONFIRMED), by=by)
    _finish(refund, by=by)


def _finish(refund: KhaltiRefund, *, by: AbstractBaseUser | None) -> None:
    payment = refund.payment
    refund.resolved_at = timezone.now()
    refund.refundable = payment.refundable if refund.is_done else None
    refund.save(update_fields=["resolved_at", "refundable"])
    if not refund.is_done:
        return
    if _needs_notice(refund):
        KhaltiMail.objects.queue([KhaltiMail.about(payment, KhaltiMail.Kind.REFUND_NOTICE, refund=refund)])
    if not payment.refundable:
        KhaltiPayment.objects.filter(pk=payment.pk).update(is_primary=None)  # the same can be bought again
        payment.is_primary = None
        resolve_open(payment.issues.filter(kind__in=ENDED_BY_REFUND), by=by)
    # The site gets no event for a duplicate, or a shop would cancel the order that the first payment paid.
    if refund.amount and payment.duplicate_of_id is None:
        KhaltiDelivery.objects.create(payment=payment, event_type=KhaltiDelivery.EventType.REFUNDED, refund=refund)


def _needs_notice(refund: KhaltiRefund) -> bool:
    """Whether its customer was sent a receipt, which this refund makes outdated, or will be sent one."""
    payment = refund.payment
    return bool(refund.amount) and is_address(payment.customer_email) and _gets_receipt(payment)


def _gets_receipt(payment: KhaltiPayment) -> bool:
    is_queued = payment.mails.queued().filter(kind=KhaltiMail.Kind.RECEIPT).exists()
    return is_queued or bool(payment.events.receipts_sent_at())
