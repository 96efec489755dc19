"""The state machine of a refund, as data: what each trigger does to each state, and what a lookup proves.

Khalti's answer to a refund is one sentence, and a lookup never says how much was refunded. So a refund whose answer was
lost is ``unconfirmed`` until a lookup, or a person, can tell. Nothing here sends anything again.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from wagtail_khalti.models import KhaltiIssue
from wagtail_khalti.models.refund import State
from wagtail_khalti.models.status import Status


class RefundTrigger(Enum):
    """What can happen to a refund."""

    SENT = "sent to Khalti"
    """Committed before the request."""
    ACCEPTED = "Khalti accepts"
    """Its answer."""
    REJECTED = "Khalti rejects"
    """Its answer; or nothing was sent at all."""
    LOST = "no usable answer"
    """It may or may not have happened."""
    ABANDONED = "the process was killed"
    """Nobody is at work on it any more."""
    CONFIRMED = "a lookup proves it"
    """The money was refunded."""
    DISPROVED = "a lookup disproves it"
    """It was not, and will not be any more."""
    FOUND_BY_PERSON = "a person found it"
    """In Khalti's dashboard."""
    NOT_FOUND_BY_PERSON = "a person found none"
    """Likewise."""


Transition = State | KhaltiIssue.Kind | None
"""Where a trigger leads: to a state, to an issue, or nowhere."""

NO_CHANGE = None
PROCESSING, SUCCEEDED, FAILED, UNCONFIRMED = State.PROCESSING, State.SUCCEEDED, State.FAILED, State.UNCONFIRMED
CONTRADICTED = KhaltiIssue.Kind.REFUND_CONTRADICTED

_CHANGES: Mapping[State, Mapping[RefundTrigger, Transition]] = {
    State.REQUESTED: {
        RefundTrigger.SENT: PROCESSING,
        RefundTrigger.REJECTED: FAILED,
        RefundTrigger.ABANDONED: FAILED,  # it was never sent
    },
    State.PROCESSING: {
        RefundTrigger.ACCEPTED: UNCONFIRMED,  # until a lookup shows it
        RefundTrigger.REJECTED: FAILED,
        RefundTrigger.LOST: UNCONFIRMED,
        RefundTrigger.ABANDONED: UNCONFIRMED,
    },
    State.UNCONFIRMED: {
        RefundTrigger.REJECTED: FAILED,
        RefundTrigger.CONFIRMED: SUCCEEDED,
        RefundTrigger.DISPROVED: FAILED,
        RefundTrigger.FOUND_BY_PERSON: SUCCEEDED,
        RefundTrigger.NOT_FOUND_BY_PERSON: FAILED,
    },
    State.SUCCEEDED: {RefundTrigger.REJECTED: CONTRADICTED},
    State.FAILED: {RefundTrigger.ACCEPTED: CONTRADICTED},
    State.EXTERNAL: {},
}

MACHINE: Mapping[State, Mapping[RefundTrigger, Transition]] = {
    state: {trigger: changes.get(trigger, NO_CHANGE) for trigger in RefundTrigger}
    for state, changes in _CHANGES.items()
}


class RefundPart(Enum):
    """Which part of the money that Khalti had a refund asked for."""

    ONLY = "all of the payment"
    """Nothing had been refunded before."""
    FIRST = "a part, as the first"
    """Likewise."""
    LATER = "a part, after others"
    """Also afterwards Khalti says Partially Refunded, as it did before."""
    LAST = "all of the balance, after others"
    """Afterwards Khalti says Refunded, if the amounts of the others are right: some may have been typed."""


class Verdict(Enum):
    """What a lookup proves about an unconfirmed refund."""

    CONFIRMED = "succeeded"
    """It was made."""
    DISPROVED = "failed, once certain"
    """It was not, if Khalti still says so when it is done with it."""
    UNCLEAR = "a person decides"
    """A lookup can't tell."""


_YES, _NO, _UNCLEAR = Verdict.CONFIRMED, Verdict.DISPROVED, Verdict.UNCLEAR

# fmt: off
VERDICTS: Mapping[RefundPart, Mapping[Status, Verdict]] = {
    part: dict(zip((Status.COMPLETED, Status.PARTIALLY_REFUNDED, Status.REFUNDED), verdicts, strict=True))
    for part, verdicts in {
        #                  COMPLETED  PARTIALLY_REFUNDED  REFUNDED
        RefundPart.ONLY:  (_NO,       _UNCLEAR,           _YES),
        RefundPart.FIRST: (_NO,       _YES,               _YES),
        RefundPart.LATER: (_NO,       _UNCLEAR,           _YES),
        RefundPart.LAST:  (_NO,       _UNCLEAR,           _YES),
    }.items()
}
# fmt: on
