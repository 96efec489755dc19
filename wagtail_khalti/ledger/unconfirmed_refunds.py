"""What resolves an unconfirmed refund: a lookup, the time that has passed, or else a person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from wagtail_khalti.ledger.refund_states import VERDICTS, RefundExtent, RefundTrigger, Verdict
from wagtail_khalti.ledger.schedule import CLOCK_SKEW
from wagtail_khalti.models import KhaltiIssue, KhaltiRefund
from wagtail_khalti.models.status import Status

ABANDONED_AFTER = timedelta(minutes=5)
"""A refund that started longer ago is considered abandoned: its process must have been killed."""

CERTAIN_AFTER = timedelta(hours=1)
"""Until then Khalti may still be processing it; afterwards a refund that was not made will not be made. Khalti
documents no limit. A person who looks in its dashboard may decide sooner."""

SAME_REFUND_WITHIN = timedelta(minutes=30)
"""Until then a new partial refund must be this one; later somebody may have missed it in the dashboard and made another
refund there."""

Outcome = RefundTrigger | KhaltiIssue.Kind | None
"""What follows: a trigger that moves the refund, an issue for a person, or nothing yet."""

NEEDS_PERSON = KhaltiIssue.Kind.REFUND_UNCONFIRMED


def is_at_work(refund: KhaltiRefund) -> bool:
    """Whether a process may still be working on it. Not if its time is far ahead: then a clock was wrong."""
    now, began_at = timezone.now(), _began_at(refund)
    return now - ABANDONED_AFTER < began_at < now + ABANDONED_AFTER


def outcome_of(refund: KhaltiRefund, others: Sequence[KhaltiRefund]) -> Outcome:
    """``others``: the refunds of its payment that were made at Khalti."""
    outcome = outcome_by_lookup(refund, refunded_before=sum(other.amount or 0 for other in others))
    is_recent = timedelta() <= timezone.now() - _began_at(refund) < CERTAIN_AFTER
    return outcome or (None if is_recent else NEEDS_PERSON)


def outcome_by_lookup(refund: KhaltiRefund, *, refunded_before: int) -> Outcome:
    """What the last lookup of the payment proves. ``refunded_before``: paisa, at Khalti, before this refund.

    A refund that Khalti accepted is confirmed as soon as a lookup does not contradict it.
    """
    if not _was_looked_up_after(refund, timedelta()):
        return None
    extent, status = extent_of(refund, refunded_before=refunded_before), Status(refund.payment.status)
    verdict = VERDICTS[extent][status]
    if refund.is_accepted:
        return _outcome_of_accepted(refund, extent, verdict)
    if verdict is Verdict.CONFIRMED:
        is_uncertain = status != Status.REFUNDED and _may_be_another(refund)
        return NEEDS_PERSON if is_uncertain else RefundTrigger.CONFIRMED
    if verdict is Verdict.UNCLEAR:
        return NEEDS_PERSON
    if not _was_looked_up_after(refund, CERTAIN_AFTER):
        return None
    return NEEDS_PERSON if refund.mobile else RefundTrigger.DISPROVED  # refunds of bank payments may take Khalti longer


def extent_of(refund: KhaltiRefund, *, refunded_before: int) -> RefundExtent:
    """``refunded_before``: paisa, at Khalti, before this refund."""
    is_whole_balance = refund.amount == refund.payment.amount - refunded_before
    if refunded_before:
        return RefundExtent.LAST if is_whole_balance else RefundExtent.LATER
    return RefundExtent.ONLY if is_whole_balance else RefundExtent.FIRST


def was_not_seen(refund: KhaltiRefund) -> bool:
    """Whether a lookup that began after it was sent shows no refund."""
    return refund.payment.status == Status.COMPLETED and _was_looked_up_after(refund, timedelta())


def _outcome_of_accepted(refund: KhaltiRefund, extent: RefundExtent, verdict: Verdict) -> Outcome:
    if verdict is Verdict.CONFIRMED or (extent is RefundExtent.LATER and verdict is Verdict.UNCLEAR):
        return RefundTrigger.CONFIRMED
    return NEEDS_PERSON if _was_looked_up_after(refund, CERTAIN_AFTER) else None


def _may_be_another(refund: KhaltiRefund) -> bool:
    """Whether it may be another refund, made in the dashboard after this one was not found there, or much later."""
    return refund.not_seen_at is not None or _was_looked_up_after(refund, SAME_REFUND_WITHIN)


def _was_looked_up_after(refund: KhaltiRefund, pause: timedelta) -> bool:
    """Whether the last confirming lookup began at least ``pause`` after the refund was sent, by a plausible clock."""
    at, sent_at = refund.payment.confirmed_at, refund.sent_at
    return bool(at and sent_at and sent_at + pause <= at <= timezone.now() + CLOCK_SKEW)


def _began_at(refund: KhaltiRefund) -> datetime:
    return refund.sent_at or refund.created_at
