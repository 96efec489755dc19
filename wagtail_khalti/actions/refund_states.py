"""What can become of a refund, as data: what each word about it does to each state, and what a lookup proves.

Khalti's answer to a refund is one sentence, and a lookup never says how much went back. So an answer that was lost is
``unknown`` until a lookup, or a person, can tell. Nothing here sends anything again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import Enum

from django.utils import timezone

from wagtail_khalti.models import KhaltiRefund, KhaltiReview
from wagtail_khalti.models.refund import State
from wagtail_khalti.models.status import Status

WAIT = timedelta(minutes=5)  # as in settle: clocks of several servers differ
CERTAIN_AFTER = timedelta(hours=1)
"""So long after it was sent Khalti may still be at work on it; then what has not happened will not. Khalti documents no
time; a person who looks in its dashboard may decide sooner."""

TELLING_FOR = timedelta(minutes=30)
"""So long a part that went back is the one that was asked for; later somebody may have missed it in the dashboard, and
given back another there."""


class Word(Enum):
    """What can be heard about a refund."""

    SENT = "we ask Khalti"
    """Committed before the request."""
    ACCEPTED = "Khalti says yes"
    """Its answer."""
    REFUSED = "Khalti says no"
    """Its answer; or nothing was sent at all."""
    LOST = "no usable answer"
    """It may or may not have happened."""
    GONE = "the process was killed"
    """Whoever had it in hand is gone."""
    BACK = "a lookup proves it"
    """The money went back."""
    NOT_BACK = "a lookup disproves it"
    """It did not, and will not any more."""
    SAID_SENT = "a person says it was sent"
    """Who saw it in Khalti's dashboard."""
    SAID_NOT_SENT = "a person says it was not sent"
    """Likewise."""


Road = State | KhaltiReview.Kind | None
"""Where a word leads: to a state, to a person, or nowhere."""

STAY = None
SENDING, SUCCEEDED, REFUSED, UNKNOWN = State.SENDING, State.SUCCEEDED, State.REFUSED, State.UNKNOWN
ODD, IN_DOUBT = KhaltiReview.Kind.REFUND_CONTRADICTED, KhaltiReview.Kind.REFUND_IN_DOUBT

# fmt: off
_ROWS: Mapping[State, tuple[Road, ...]] = {
    #                 SENT     ACCEPTED  REFUSED  LOST     GONE     BACK       NOT_BACK  SAID_SENT  SAID_NOT_SENT
    State.REQUESTED: (SENDING, STAY,     REFUSED, STAY,    REFUSED, STAY,      STAY,     STAY,      STAY),
    State.SENDING:   (STAY,    UNKNOWN,  REFUSED, UNKNOWN, UNKNOWN, STAY,      STAY,     STAY,      STAY),
    State.UNKNOWN:   (STAY,    STAY,     REFUSED, STAY,    STAY,    SUCCEEDED, REFUSED,  SUCCEEDED, REFUSED),
    State.SUCCEEDED: (STAY,    STAY,     ODD,     STAY,    STAY,    STAY,      STAY,     STAY,      STAY),
    State.REFUSED:   (STAY,    ODD,      STAY,    STAY,    STAY,    STAY,      STAY,     STAY,      STAY),
    State.EXTERNAL:  (STAY,    STAY,     STAY,    STAY,    STAY,    STAY,      STAY,     STAY,      STAY),
}
# fmt: on

MACHINE: Mapping[State, Mapping[Word, Road]] = {
    state: dict(zip(Word, roads, strict=True)) for state, roads in _ROWS.items()
}


class Place(Enum):
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

    BACK = "made"
    """It was made."""
    NOT_BACK = "not made, once certain"
    """It was not, if Khalti still says so when it is done with it."""
    UNCLEAR = "a person decides"
    """A lookup can't tell."""


BACK, NOT_BACK, UNCLEAR = Verdict.BACK, Verdict.NOT_BACK, Verdict.UNCLEAR

# fmt: off
VERDICTS: Mapping[Place, Mapping[Status, Verdict]] = {
    place: dict(zip((Status.COMPLETED, Status.PARTIALLY_REFUNDED, Status.REFUNDED), verdicts, strict=True))
    for place, verdicts in {
        #             COMPLETED  PARTIALLY_REFUNDED  REFUNDED
        Place.ONLY:  (NOT_BACK,  UNCLEAR,            BACK),
        Place.FIRST: (NOT_BACK,  BACK,               BACK),
        Place.LATER: (NOT_BACK,  UNCLEAR,            BACK),
        Place.LAST:  (NOT_BACK,  UNCLEAR,            BACK),
    }.items()
}
# fmt: on


def place_of(refund: KhaltiRefund, *, back_before: int) -> Place:
    """``back_before``: paisa that had gone back at Khalti before."""
    is_all_that_was_left = refund.amount == refund.payment.amount - back_before
    if back_before:
        return Place.LAST if is_all_that_was_left else Place.LATER
    return Place.ONLY if is_all_that_was_left else Place.FIRST


def judge_refund(refund: KhaltiRefund, *, back_before: int) -> Word | KhaltiReview.Kind | None:
    """What Khalti's last word about the payment proves; None: nothing yet.

    Where Khalti had said yes, it is believed as soon as a lookup does not speak against it.
    """
    place, status = place_of(refund, back_before=back_before), Status(refund.payment.status)
    if not _was_asked_after(refund, timedelta()):
        return None
    verdict = VERDICTS[place][status]
    if refund.is_accepted:
        return _judge_accepted(refund, place, verdict)
    if verdict is BACK:
        return IN_DOUBT if status != Status.REFUNDED and _may_be_another(refund) else Word.BACK
    if verdict is UNCLEAR:
        return IN_DOUBT
    if not _was_asked_after(refund, CERTAIN_AFTER):
        return None
    return IN_DOUBT if refund.mobile else Word.NOT_BACK  # to a bank's customer it may take Khalti longer


def _judge_accepted(refund: KhaltiRefund, place: Place, verdict: Verdict) -> Word | KhaltiReview.Kind | None:
    if verdict is BACK or (place is Place.LATER and verdict is UNCLEAR):
        return Word.BACK
    return IN_DOUBT if _was_asked_after(refund, CERTAIN_AFTER) else None


def _may_be_another(refund: KhaltiRefund) -> bool:
    """Whether somebody may have given back a part in the dashboard instead: after it was looked for, or much later."""
    return refund.not_seen_at is not None or _was_asked_after(refund, TELLING_FOR)


def was_not_seen(refund: KhaltiRefund) -> bool:
    """Whether a lookup that was begun after it was sent says that nothing went back."""
    return refund.payment.status == Status.COMPLETED and _was_asked_after(refund, timedelta())


def _was_asked_after(refund: KhaltiRefund, pause: timedelta) -> bool:
    """Whether the lookup was begun so long after the refund was sent, and not by a clock that was wrong."""
    asked_at = refund.payment.confirmed_at
    return bool(asked_at and refund.sent_at and refund.sent_at + pause <= asked_at <= timezone.now() + WAIT)
