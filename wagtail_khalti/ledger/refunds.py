"""The one door for what a refund changes: its state, the sum, the sale, the news.

Everything here runs in a transaction that holds the payment, so that refunds of one payment change one after another.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import F
from django.utils import timezone

from wagtail_khalti.actions.resolve_issue import resolve_issue
from wagtail_khalti.exceptions import IssueAlreadyResolved, KhaltiError
from wagtail_khalti.ledger.issues import open_issue
from wagtail_khalti.ledger.refund_states import MACHINE, RefundTrigger
from wagtail_khalti.ledger.schedule import next_check
from wagtail_khalti.models import KhaltiDelivery, KhaltiEvent, KhaltiIssue, KhaltiPayment, KhaltiRefund
from wagtail_khalti.models.refund import DONE, IN_PROGRESS, State
from wagtail_khalti.money import Paisa
from wagtail_khalti.receipts.refund_notices import is_notice_owed

MAX_ANSWER_LENGTH = 500

EVENTS: Mapping[RefundTrigger, KhaltiEvent.Kind] = {
    RefundTrigger.SENT: KhaltiEvent.Kind.REFUND_SENT,
    RefundTrigger.ACCEPTED: KhaltiEvent.Kind.REFUND_ACCEPTED,
    RefundTrigger.LOST: KhaltiEvent.Kind.NO_ANSWER,
    RefundTrigger.ABANDONED: KhaltiEvent.Kind.NO_ANSWER,
}
"""Words that decide nothing; where the refund is decided, the event says how."""


def lock_payment(payment: KhaltiPayment) -> None:
    """Until the end of the transaction nobody else changes its refunds; also on SQLite, which locks no rows.

    An UPDATE, since SQLite refuses at once who reads and then writes while another writes.
    """
    KhaltiPayment.objects.filter(pk=payment.pk).update(refund_total=F("refund_total"))
    payment.refresh_from_db()


def reserve(payment: KhaltiPayment, amount: int, **changes: Any) -> None:
    """From now on this much less is left."""
    KhaltiPayment.objects.filter(pk=payment.pk).update(refund_total=F("refund_total") + amount, **changes)
    payment.refresh_from_db()


def move_refund(
    refund: KhaltiRefund,
    trigger: RefundTrigger,
    *,
    answer: str = "",
    error: KhaltiError | None = None,
    note: str = "",
    by: AbstractBaseUser | None = None,
) -> bool:
    """Whether the refund moved. ``answer`` is what Khalti said, ``note`` what the person says."""
    before = State(refund.state)
    transition = MACHINE[before][trigger]
    refund.answer = answer[:MAX_ANSWER_LENGTH] or refund.answer
    refund.is_accepted = refund.is_accepted or trigger is RefundTrigger.ACCEPTED
    if isinstance(transition, State):
        refund.state = transition
    if refund.state == State.PROCESSING != before:
        refund.sent_at = timezone.now()
    if refund.state == State.FAILED and not refund.sent_at:
        refund.idempotency_key = None  # nothing happened, so the same may be tried anew
    refund.save(update_fields=["state", "answer", "is_accepted", "sent_at", "idempotency_key"])

    _note(refund, trigger, before, by=by, note=note, **(error.as_data() if error else {}))
    if isinstance(transition, KhaltiIssue.Kind):
        open_issue(refund.payment, transition, about(refund) | {"was": before, "answer": refund.answer})
    if before in IN_PROGRESS and refund.state not in IN_PROGRESS:
        _decide(refund, by=by)
    return transition is not None and refund.state != before


def record_external_refund(
    refund: KhaltiRefund, amount: Paisa | None, *, by: AbstractBaseUser | None = None, note: str = ""
) -> None:
    """A refund that was not made here, or the amount of one; None where nobody knows it yet.

    Of what went back beyond what was left, only the rest counts, and a person is told.
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
    resolve_issues(payment, KhaltiIssue.Kind.REFUND_AMOUNT_MISSING, by=by, note=note)
    if amount > counted:
        report_over_refund(payment, amount - counted)


def report_over_refund(payment: KhaltiPayment, paisa: int) -> None:
    """So much went back beyond what was paid; the sum of the refunds says nothing of it."""
    open_issue(payment, KhaltiIssue.Kind.OVER_REFUNDED, {"too_much": paisa})


def about(refund: KhaltiRefund) -> dict[str, Any]:
    """What the history and a review may say of it."""
    return {"refund": refund.reference, "amount": refund.amount}


def resolve_issues(
    payment: KhaltiPayment, kind: KhaltiIssue.Kind, *, by: AbstractBaseUser | None, note: str = ""
) -> None:
    """They are settled: by the person, or by what Khalti said."""
    resolution = KhaltiIssue.Resolution.RESOLVED if by else KhaltiIssue.Resolution.RESOLVED_AUTOMATICALLY
    for issue in payment.issues.open().filter(kind=kind):
        with suppress(IssueAlreadyResolved):
            resolve_issue(issue, resolution=resolution, by=by, note=note, is_logged=False)


def _note(
    refund: KhaltiRefund, trigger: RefundTrigger, before: State, *, by: AbstractBaseUser | None, **said: str
) -> None:
    kind = (
        None if trigger is RefundTrigger.SENT and refund.state == before else EVENTS.get(trigger)
    )  # too late: it was given up
    if refund.state != before and refund.state not in IN_PROGRESS:
        made = refund.state == State.SUCCEEDED
        kind = KhaltiEvent.Kind.REFUND_SUCCEEDED if made else KhaltiEvent.Kind.REFUND_FAILED
    elif trigger is RefundTrigger.REJECTED:
        kind = KhaltiEvent.Kind.REFUND_FAILED
    if kind:
        data = about(refund) | {"request": "refund", "trigger": trigger.name.lower(), "answer": refund.answer, **said}
        KhaltiEvent.about(refund.payment, kind, by=by, data=data).save()


def _decide(refund: KhaltiRefund, *, by: AbstractBaseUser | None) -> None:
    payment = refund.payment
    given_up = 0 if refund.state in DONE else -(refund.amount or 0)
    payment.refunding_since = None
    reserve(payment, given_up, refunding_since=None, next_check_at=next_check(payment, {}, now=timezone.now()))
    resolve_issues(payment, KhaltiIssue.Kind.REFUND_UNCONFIRMED, by=by)
    _finish(refund, by=by)


def _finish(refund: KhaltiRefund, *, by: AbstractBaseUser | None) -> None:
    payment = refund.payment
    refund.resolved_at = timezone.now()
    refund.refundable = payment.refundable if refund.is_done else None
    payment.owes_notice = is_notice_owed(refund)
    refund.notice_due_at = refund.resolved_at if payment.owes_notice else None
    refund.save(update_fields=["resolved_at", "refundable", "notice_due_at"])
    if not refund.is_done:
        return
    if not payment.refundable:
        KhaltiPayment.objects.filter(pk=payment.pk).update(is_primary=None)  # what was bought can be bought again
        payment.is_primary = None
        resolve_issues(payment, KhaltiIssue.Kind.DUPLICATE_PAYMENT, by=by)
    # Of a second payment the site hears nothing, or a shop would cancel the order that the first one paid.
    if refund.amount and payment.duplicate_of_id is None:
        KhaltiDelivery.objects.create(payment=payment, event_type=KhaltiDelivery.EventType.REFUNDED, refund=refund)
