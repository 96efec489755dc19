"""Refunds in the history of a payment, step by step, as ``actions.refund`` and ``ledger.refunds`` make them."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.models import AbstractBaseUser

from wagtail_khalti.exceptions import GatewayUnreachable, KhaltiError, RequestRejected
from wagtail_khalti.ledger.refund_states import MACHINE, RefundTrigger
from wagtail_khalti.ledger.refunds import ENDED_BY_REFUND, EVENTS, about
from wagtail_khalti.ledger.schedule import next_check
from wagtail_khalti.ledger.unconfirmed_refunds import ABANDONED_AFTER, CERTAIN_AFTER
from wagtail_khalti.models import KhaltiDelivery, KhaltiEvent, KhaltiIssue, KhaltiRefund
from wagtail_khalti.models.refund import IN_PROGRESS, Method, State
from wagtail_khalti.models.status import Status
from wagtail_khalti.testing.factories.history import History

ACCEPTED = "Transaction refund successful."
NO_RESPONSE = GatewayUnreachable("ReadTimeout: Khalti did not respond in time")

BEFORE = {Status.COMPLETED: "Completed", Status.PARTIALLY_REFUNDED: "Partially Refunded"}
"""Khalti's status of a payment with a refundable balance."""


def request(
    history: History, amount: int, *, by: AbstractBaseUser | None = None, reason: str = "", mobile: str = ""
) -> KhaltiRefund:
    """Its amount is reserved."""
    refund = KhaltiRefund(payment=history.payment, amount=amount, reason=reason, mobile=mobile)
    refund.requested_by_id = by.pk if by else None
    refund.created_at = history.now
    history.refunds.append(refund)
    history.payment.refund_total += amount
    history.payment.refunding_since, history.payment.next_check_at = history.now, history.now + ABANDONED_AFTER
    history.note(KhaltiEvent.Kind.REFUND_REQUESTED, about(refund) | {"reason": reason}, by=by)
    return refund


def send(history: History, refund: KhaltiRefund) -> None:
    """A lookup shows no change, and the request is about to be sent."""
    history.look_up(BEFORE[Status(history.payment.status)])
    apply_trigger(history, refund, RefundTrigger.SENT)


def succeed(history: History, refund: KhaltiRefund) -> None:
    """Khalti accepts it, and a lookup confirms it."""
    send(history, refund)
    apply_trigger(history, refund, RefundTrigger.ACCEPTED, answer=ACCEPTED)
    history.look_up("Partially Refunded" if history.payment.refundable else "Refunded")
    apply_trigger(history, refund, RefundTrigger.CONFIRMED)


def reject(history: History, refund: KhaltiRefund, message: str) -> None:
    """Khalti rejects it, and nothing is refunded."""
    send(history, refund)
    apply_trigger(history, refund, RefundTrigger.REJECTED, answer=message, error=RequestRejected({"detail": message}))


def lose_response(history: History, refund: KhaltiRefund) -> None:
    """Khalti does not respond to it, nor to later lookups; after an hour an issue is opened."""
    send(history, refund)
    apply_trigger(history, refund, RefundTrigger.LOST, error=NO_RESPONSE)
    sent_at = history.now
    history.fail_lookup(NO_RESPONSE)
    history.run_schedule(until=sent_at + CERTAIN_AFTER - timedelta(microseconds=1))
    if history.payment.next_check_at and history.payment.next_check_at <= history.latest:
        history.now = history.payment.next_check_at
        history.fail_lookup(NO_RESPONSE)
        history.open(KhaltiIssue.Kind.REFUND_UNCONFIRMED, about(refund))


def leave_unconfirmed(history: History, refund: KhaltiRefund) -> None:
    """The response is lost, and no lookup can decide, because the status is the same before and after."""
    send(history, refund)
    apply_trigger(history, refund, RefundTrigger.LOST, error=NO_RESPONSE)
    history.look_up(BEFORE[Status(history.payment.status)])
    history.open(KhaltiIssue.Kind.REFUND_UNCONFIRMED, about(refund))


def apply_trigger(
    history: History,
    refund: KhaltiRefund,
    trigger: RefundTrigger,
    *,
    answer: str = "",
    error: KhaltiError | None = None,
    by: AbstractBaseUser | None = None,
) -> None:
    """Apply the trigger's transition to the refund."""
    before = State(refund.state)
    transition = MACHINE[before][trigger]
    refund.answer = answer or refund.answer
    refund.is_accepted = refund.is_accepted or trigger is RefundTrigger.ACCEPTED
    if isinstance(transition, State):
        refund.state = transition
    if refund.state == State.PROCESSING != before:
        refund.sent_at = history.now
    is_resolved = before in IN_PROGRESS and refund.state not in IN_PROGRESS
    kind = EVENTS.get(trigger)
    if is_resolved:
        has_succeeded = refund.state == State.SUCCEEDED
        kind = KhaltiEvent.Kind.REFUND_SUCCEEDED if has_succeeded else KhaltiEvent.Kind.REFUND_FAILED
    if kind:
        details = {"request": "refund", "trigger": trigger.name.lower(), "answer": refund.answer, "note": ""}
        history.note(kind, about(refund) | details | (error.as_data() if error else {}), by=by)
    if isinstance(transition, KhaltiIssue.Kind):
        history.open(transition, about(refund) | {"was": before, "answer": refund.answer})
    if is_resolved:
        _resolve(history, refund, by=by)


def record_external(
    history: History, method: Method, amount: int | None, *, by: AbstractBaseUser | None = None
) -> KhaltiRefund:
    """A manual refund: recorded by a person, or found at Khalti; ``amount`` is None if it is not known."""
    payment = history.payment
    counted = None if amount is None else min(amount, payment.refundable)
    refund = KhaltiRefund(payment=payment, state=State.EXTERNAL, method=method, amount=counted)
    refund.requested_by_id = by.pk if by else None
    refund.created_at = history.now
    history.refunds.append(refund)
    history.note(
        KhaltiEvent.Kind.REFUND_RECORDED, about(refund) | {"amount": amount, "method": method, "note": ""}, by=by
    )
    if amount is None or counted is None:
        history.open(KhaltiIssue.Kind.REFUND_AMOUNT_MISSING, about(refund))
        return refund
    payment.refund_total += counted
    _finish(history, refund, by=by)
    if amount > counted:
        history.open(KhaltiIssue.Kind.OVER_REFUNDED, {"excess": amount - counted})
    return refund


def _resolve(history: History, refund: KhaltiRefund, *, by: AbstractBaseUser | None) -> None:
    payment = history.payment
    if refund.state == State.FAILED:
        payment.refund_total -= refund.amount or 0
    payment.refunding_since = None
    payment.next_check_at = next_check(payment, {}, now=history.now)
    _resolve_issues(history, KhaltiIssue.Kind.REFUND_UNCONFIRMED, by=by)
    _finish(history, refund, by=by)


def _finish(history: History, refund: KhaltiRefund, *, by: AbstractBaseUser | None) -> None:
    payment = history.payment
    refund.resolved_at = history.now
    if not refund.is_done:
        return
    refund.refundable = payment.refundable
    if not payment.refundable:
        payment.is_primary = None
        for kind in ENDED_BY_REFUND:
            _resolve_issues(history, kind, by=by)
    if refund.amount and payment.duplicate_of is None:
        history.deliver(KhaltiDelivery.EventType.REFUNDED, refund=refund)


def _resolve_issues(history: History, kind: KhaltiIssue.Kind, *, by: AbstractBaseUser | None) -> None:
    resolution = KhaltiIssue.Resolution.RESOLVED if by else KhaltiIssue.Resolution.RESOLVED_AUTOMATICALLY
    for issue in history.issues:
        if issue.kind == kind and issue.is_open:
            history.resolve(issue, resolution, by=by)
