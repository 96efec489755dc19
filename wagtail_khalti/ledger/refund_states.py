"""The state machine of a refund, as data: what each trigger does to each state, and what a lookup proves.

Khalti's response to a refund is one sentence, and a lookup never contains the refunded amount. So a refund whose
response was lost is ``unconfirmed`` until a lookup or a person decides. It is never sent again.
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
    """Its response."""
    REJECTED = "Khalti rejects"
    """Its response; or nothing was sent at all."""
    LOST = "no usable answer"
    """It may or may not have happened."""
    ABANDONED = "the process was killed"
    """No process is working on it any more."""
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


class RefundExtent(Enum):
    """How much of the balance at Khalti a refund covers."""

    ONLY = "all of the payment"
    """Nothing had been refunded before."""
    FIRST = "a part, as the first"
    """Likewise."""
    LATER = "a part, after others"
    """Khalti reports Partially Refunded before and after it."""
    LAST = "all of the balance, after others"
    """Afterwards Khalti reports Refunded, if the other amounts are right: some may have been entered by hand."""


class Verdict(Enum):
    """What a lookup proves about an unconfirmed refund."""

    CONFIRMED = "succeeded"
    """It was made."""
    DISPROVED = "failed, once certain"
    """It was not made, if Khalti still reports so after the time it may take."""
    UNCLEAR = "a person decides"
    """A lookup can't decide."""


_YES, _NO, _UNCLEAR = Verdict.CONFIRMED, Verdict.DISPROVED, Verdict.UNCLEAR

# fmt: off
VERDICTS: Mapping[RefundExtent, Mapping[Status, Verdict]] = {
    extent: dict(zip((Status.COMPLETED, Status.PARTIALLY_REFUNDED, Status.REFUNDED), verdicts, strict=True))
    for extent, verdicts in {
        #                  COMPLETED  PARTIALLY_REFUNDED  REFUNDED
        RefundExtent.ONLY:  (_NO,       _UNCLEAR,           _YES),
        RefundExtent.FIRST: (_NO,       _YES,               _YES),
        RefundExtent.LATER: (_NO,       _UNCLEAR,           _YES),
        RefundExtent.LAST:  (_NO,       _UNCLEAR,           _YES),
    }.items()
}
# fmt: on
