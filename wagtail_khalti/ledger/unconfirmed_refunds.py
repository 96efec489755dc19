"""What decides an unconfirmed refund: a lookup's answer, the time that has passed, or else a person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from wagtail_khalti.ledger.refund_states import VERDICTS, RefundPart, RefundTrigger, Verdict
from wagtail_khalti.ledger.schedule import CLOCK_SKEW
from wagtail_khalti.models import KhaltiIssue, KhaltiRefund
from wagtail_khalti.models.status import Status

ABANDONED_AFTER = timedelta(minutes=5)
"""A process that was at work on a refund is taken for killed so long after it began; longer than that work lasts."""

CERTAIN_AFTER = timedelta(hours=1)
"""So long after it was sent Khalti may still be at work on it; then what has not happened will not. Khalti documents no
time; a person who looks in its dashboard may decide sooner."""

SAME_REFUND_WITHIN = timedelta(minutes=30)
"""So long a part that was refunded is the one that was asked for; later somebody may have missed it in the dashboard,
and made another refund there."""

Outcome = RefundTrigger | KhaltiIssue.Kind | None
"""What follows: a trigger that moves the refund, an issue for a person, or nothing yet."""

NEEDS_PERSON = KhaltiIssue.Kind.REFUND_UNCONFIRMED


def is_at_work(refund: KhaltiRefund) -> bool:
    """Whether a process may still be at work on it. Not where its time is far ahead: then a clock was wrong."""
    now, began_at = timezone.now(), _began_at(refund)
    return now - ABANDONED_AFTER < began_at < now + ABANDONED_AFTER


def outcome_of(refund: KhaltiRefund, others: Sequence[KhaltiRefund]) -> Outcome:
    """``others``: the refunds of its payment that were made at Khalti."""
    outcome = outcome_by_lookup(refund, refunded_before=sum(other.amount or 0 for other in others))
    is_recent = timedelta() <= timezone.now() - _began_at(refund) < CERTAIN_AFTER
    return outcome or (None if is_recent else NEEDS_PERSON)


def outcome_by_lookup(refund: KhaltiRefund, *, refunded_before: int) -> Outcome:
    """What Khalti's last answer about the payment proves. ``refunded_before``: paisa, at Khalti, before this refund.

    Where Khalti had accepted the refund, that is believed as soon as a lookup does not speak against it.
    """
    if not _was_looked_up_after(refund, timedelta()):
        return None
    part, status = part_of(refund, refunded_before=refunded_before), Status(refund.payment.status)
    verdict = VERDICTS[part][status]
    if refund.is_accepted:
        return _outcome_of_accepted(refund, part, verdict)
    if verdict is Verdict.CONFIRMED:
        is_doubtful = status != Status.REFUNDED and _may_be_another(refund)
        return NEEDS_PERSON if is_doubtful else RefundTrigger.CONFIRMED
    if verdict is Verdict.UNCLEAR:
        return NEEDS_PERSON
    if not _was_looked_up_after(refund, CERTAIN_AFTER):
        return None
    return NEEDS_PERSON if refund.mobile else RefundTrigger.DISPROVED  # to a bank's customer it may take Khalti longer


def part_of(refund: KhaltiRefund, *, refunded_before: int) -> RefundPart:
    """``refunded_before``: paisa, at Khalti, before this refund."""
    is_whole_balance = refund.amount == refund.payment.amount - refunded_before
    if refunded_before:
        return RefundPart.LAST if is_whole_balance else RefundPart.LATER
    return RefundPart.ONLY if is_whole_balance else RefundPart.FIRST


def was_not_seen(refund: KhaltiRefund) -> bool:
    """Whether a lookup that began after it was sent says that nothing was refunded."""
    return refund.payment.status == Status.COMPLETED and _was_looked_up_after(refund, timedelta())


def _outcome_of_accepted(refund: KhaltiRefund, part: RefundPart, verdict: Verdict) -> Outcome:
    if verdict is Verdict.CONFIRMED or (part is RefundPart.LATER and verdict is Verdict.UNCLEAR):
        return RefundTrigger.CONFIRMED
    return NEEDS_PERSON if _was_looked_up_after(refund, CERTAIN_AFTER) else None


def _may_be_another(refund: KhaltiRefund) -> bool:
    """Whether somebody may have refunded a part in the dashboard instead: after they looked for it, or much later."""
    return refund.not_seen_at is not None or _was_looked_up_after(refund, SAME_REFUND_WITHIN)


def _was_looked_up_after(refund: KhaltiRefund, pause: timedelta) -> bool:
    """Whether the lookup began so long after the refund was sent, and not by a clock that was wrong."""
    at, sent_at = refund.payment.confirmed_at, refund.sent_at
    return bool(at and sent_at and sent_at + pause <= at <= timezone.now() + CLOCK_SKEW)


def _began_at(refund: KhaltiRefund) -> datetime:
    return refund.sent_at or refund.created_at
