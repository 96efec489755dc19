"""What can become of a refund, as data: what each word about it does to each state, and what a lookup proves.

Khalti's answer to a refund is one sentence, and a lookup never says how much went back. So an answer that was lost is
``unknown`` until a lookup, or a person, can tell. Nothing here sends anything again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import Enum

from django.utils import timezone

from wagtail_khalti.models import KhaltiIssue, KhaltiRefund
from wagtail_khalti.models.refund import State
from wagtail_khalti.models.status import Status

WAIT = timedelta(minutes=5)  # as in settle: clocks of several servers differ
CERTAIN_AFTER = timedelta(hours=1)
"""So long after it was sent Khalti may still be at work on it; then what has not happened will not. Khalti documents no
time; a person who looks in its dashboard may decide sooner."""

TELLING_FOR = timedelta(minutes=30)
"""So long a part that went back is the one that was asked for; later somebody may have missed it in the dashboard, and
given back another there."""


class RefundTrigger(Enum):
    """What can be heard about a refund."""

    SENT = "we ask Khalti"
    """Committed before the request."""
    ACCEPTED = "Khalti says yes"
    """Its answer."""
    REJECTED = "Khalti says no"
    """Its answer; or nothing was sent at all."""
    LOST = "no usable answer"
    """It may or may not have happened."""
    ABANDONED = "the process was killed"
    """Whoever had it in hand is gone."""
    CONFIRMED = "a lookup proves it"
    """The money went back."""
    DISPROVED = "a lookup disproves it"
    """It did not, and will not any more."""
    FOUND_BY_PERSON = "a person says it was sent"
    """Who saw it in Khalti's dashboard."""
    NOT_FOUND_BY_PERSON = "a person says it was not sent"
    """Likewise."""


Transition = State | KhaltiIssue.Kind | None
"""Where a word leads: to a state, to a person, or nowhere."""

NO_CHANGE = None
PROCESSING, SUCCEEDED, REJECTED, UNKNOWN = State.PROCESSING, State.SUCCEEDED, State.FAILED, State.UNCONFIRMED
UNEXPECTED, UNCONFIRMED = KhaltiIssue.Kind.REFUND_CONTRADICTED, KhaltiIssue.Kind.REFUND_UNCONFIRMED

# fmt: off
_ROWS: Mapping[State, tuple[Transition, ...]] = {
    #                 SENT     ACCEPTED  REFUSED  LOST     GONE     BACK       NOT_BACK  FOUND_BY_PERSON  NOT_FOUND_BY_PERSON
    State.REQUESTED: (PROCESSING, NO_CHANGE,     REJECTED, NO_CHANGE,    REJECTED, NO_CHANGE,      NO_CHANGE,     NO_CHANGE,      NO_CHANGE),
    State.PROCESSING:   (NO_CHANGE,    UNKNOWN,  REJECTED, UNKNOWN, UNKNOWN, NO_CHANGE,      NO_CHANGE,     NO_CHANGE,      NO_CHANGE),
    State.UNCONFIRMED:   (NO_CHANGE,    NO_CHANGE,     REJECTED, NO_CHANGE,    NO_CHANGE,    SUCCEEDED, REJECTED,  SUCCEEDED, REJECTED),
    State.SUCCEEDED: (NO_CHANGE,    NO_CHANGE,     UNEXPECTED,     NO_CHANGE,    NO_CHANGE,    NO_CHANGE,      NO_CHANGE,     NO_CHANGE,      NO_CHANGE),
    State.FAILED:   (NO_CHANGE,    UNEXPECTED,      NO_CHANGE,    NO_CHANGE,    NO_CHANGE,    NO_CHANGE,      NO_CHANGE,     NO_CHANGE,      NO_CHANGE),
    State.EXTERNAL:  (NO_CHANGE,    NO_CHANGE,     NO_CHANGE,    NO_CHANGE,    NO_CHANGE,    NO_CHANGE,      NO_CHANGE,     NO_CHANGE,      NO_CHANGE),
}
# fmt: on

MACHINE: Mapping[State, Mapping[RefundTrigger, Transition]] = {
    state: dict(zip(RefundTrigger, transitions, strict=True)) for state, transitions in _ROWS.items()
}


class RefundPart(Enum):
    """Which part of the money that Khalti had a refund asked for."""

    ONLY = "all of the payment"
    """Nothing had gone back before."""
    FIRST = "a part, as the first"
    """Likewise."""
    LATER = "a part, after others"
    """Also afterwards Khalti says Partially Refunded, as it did before."""
    LAST = "all that was left, after others"
    """Afterwards Khalti says Refunded, if the amounts of the others are right: some may have been typed."""


class Verdict(Enum):
    """What a lookup proves about a refund that is in doubt."""

    CONFIRMED = "made"
    """It was made."""
    DISPROVED = "not made, once certain"
    """It was not, if Khalti still says so when it is done with it."""
    UNCLEAR = "a person decides"
    """A lookup can't tell."""


CONFIRMED, DISPROVED, UNCLEAR = Verdict.CONFIRMED, Verdict.DISPROVED, Verdict.UNCLEAR

# fmt: off
VERDICTS: Mapping[RefundPart, Mapping[Status, Verdict]] = {
    part: dict(zip((Status.COMPLETED, Status.PARTIALLY_REFUNDED, Status.REFUNDED), verdicts, strict=True))
    for part, verdicts in {
        #             COMPLETED  PARTIALLY_REFUNDED  REFUNDED
        RefundPart.ONLY:  (DISPROVED,  UNCLEAR,            CONFIRMED),
        RefundPart.FIRST: (DISPROVED,  CONFIRMED,               CONFIRMED),
        RefundPart.LATER: (DISPROVED,  UNCLEAR,            CONFIRMED),
        RefundPart.LAST:  (DISPROVED,  UNCLEAR,            CONFIRMED),
    }.items()
}
# fmt: on


def part_of(refund: KhaltiRefund, *, back_before: int) -> RefundPart:
    """``back_before``: paisa that had gone back at Khalti before."""
    is_all_that_was_left = refund.amount == refund.payment.amount - back_before
    if back_before:
        return RefundPart.LAST if is_all_that_was_left else RefundPart.LATER
    return RefundPart.ONLY if is_all_that_was_left else RefundPart.FIRST


def decide_refund_trigger(refund: KhaltiRefund, *, back_before: int) -> RefundTrigger | KhaltiIssue.Kind | None:
    """What Khalti's last word about the payment proves; None: nothing yet.

    Where Khalti had said yes, it is believed as soon as a lookup does not speak against it.
    """
    part, status = part_of(refund, back_before=back_before), Status(refund.payment.status)
    if not _was_asked_after(refund, timedelta()):
        return None
    verdict = VERDICTS[part][status]
    if refund.is_accepted:
        return _judge_accepted(refund, part, verdict)
    if verdict is CONFIRMED:
        return UNCONFIRMED if status != Status.REFUNDED and _may_be_another(refund) else RefundTrigger.CONFIRMED
    if verdict is UNCLEAR:
        return UNCONFIRMED
    if not _was_asked_after(refund, CERTAIN_AFTER):
        return None
    return UNCONFIRMED if refund.mobile else RefundTrigger.DISPROVED  # to a bank's customer it may take Khalti longer


def _judge_accepted(
    refund: KhaltiRefund, part: RefundPart, verdict: Verdict
) -> RefundTrigger | KhaltiIssue.Kind | None:
    if verdict is CONFIRMED or (part is RefundPart.LATER and verdict is UNCLEAR):
        return RefundTrigger.CONFIRMED
    return UNCONFIRMED if _was_asked_after(refund, CERTAIN_AFTER) else None


def _may_be_another(refund: KhaltiRefund) -> bool:
    """Whether somebody may have given back a part in the dashboard instead: after it was looked for, or much later."""
    return refund.not_seen_at is not None or _was_asked_after(refund, TELLING_FOR)


def was_not_seen(refund: KhaltiRefund) -> bool:
    """Whether a lookup that was begun after it was sent says that nothing went back."""
    return refund.payment.status == Status.COMPLETED and _was_asked_after(refund, timedelta())


def _was_asked_after(refund: KhaltiRefund, pause: timedelta) -> bool:
    """Whether the lookup was begun so long after the refund was sent, and not by a clock that was wrong."""
    requested_at = refund.payment.confirmed_at
    return bool(requested_at and refund.sent_at and refund.sent_at + pause <= requested_at <= timezone.now() + WAIT)
