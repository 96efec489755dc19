"""What each kind of matter means for the person who has to decide, and what can safely be done about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from wagtail_khalti.models import KhaltiIssue

Kind = KhaltiIssue.Kind


class Step(Enum):
    """What can be done from a matter. None of them sends money by itself."""

    CHECK = auto()
    """Ask Khalti now, which may settle it."""
    DECIDE = auto()
    """Say what became of a refund."""
    ENTER = auto()
    """Enter how much went back in Khalti's dashboard."""
    RECORD = auto()
    """Write down a refund that was made elsewhere."""
    GIVE_BACK = auto()
    """To where the second payment is given back at one press."""
    REFUND = auto()
    """To where it is said how much goes back."""
    REPLAY = auto()
    """Tell the site's code again."""
    CONNECTION = auto()
    """To the settings, where the connection to Khalti is checked."""
    CLOSE = auto()
    """Say that it is done, and how."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """In plain words, with the steps in the order in which they help."""

    words: Promise
    steps: tuple[Step, ...]


ADVICE: Mapping[str, Advice] = {
    Kind.AMOUNT_MISMATCH: Advice(
        words=_(
            "The payment does not count as paid. Check the amount in Khalti's dashboard. If it is right there, "
            "refresh the status; if not, refund it there."
        ),
        steps=(Step.CHECK, Step.CLOSE),
    ),
    Kind.PIDX_MISMATCH: Advice(
        words=_(
            "Nothing was changed, because the response was about another payment. Refresh the status. If this "
            "stays, contact Khalti."
        ),
        steps=(Step.CHECK, Step.CLOSE),
    ),
    Kind.UNKNOWN_STATUS: Advice(
        words=_(
            "Check the payment in Khalti's dashboard. Do not fulfil the order until this is resolved, and refresh "
            "the status later."
        ),
        steps=(Step.CHECK, Step.CLOSE),
    ),
    Kind.UNEXPECTED_STATUS: Advice(
        words=_(
            "Khalti had confirmed the money, so the payment was left unchanged here. Check Khalti's dashboard for "
            "the money before you refund anything."
        ),
        steps=(Step.CHECK, Step.CLOSE),
    ),
    Kind.CONFLICTING_STATUS: Advice(
        words=_(
            "Only one of the two can be right. Check Khalti's dashboard for a refund, and do not refund anything "
            "until this is resolved."
        ),
        steps=(Step.CHECK, Step.CLOSE),
    ),
    Kind.NOT_FOUND: Advice(
        words=_(
            "The API key may belong to another Khalti account now. Ask whoever manages the site. Look for the "
            "payment in Khalti's dashboard before anybody pays again."
        ),
        steps=(Step.CONNECTION, Step.CHECK, Step.CLOSE),
    ),
    Kind.KEY_REJECTED: Advice(
        words=_(
            "Ask whoever manages the site to enter the right API key. Payments made meanwhile are found as soon "
            "as Khalti accepts the key, and this issue is then resolved automatically."
        ),
        steps=(Step.CONNECTION, Step.CHECK, Step.CLOSE),
    ),
    Kind.LATE_PAYMENT: Advice(
        words=_(
            "The money was received and counts. Check whether the customer still gets what was paid for; if not, "
            "refund the payment."
        ),
        steps=(Step.REFUND, Step.CLOSE),
    ),
    Kind.DUPLICATE_PAYMENT: Advice(
        words=_("Refund this second payment. The first one stays as it is."),
        steps=(Step.GIVE_BACK, Step.CLOSE),
    ),
    Kind.POSSIBLE_DUPLICATE: Advice(
        words=_(
            "Ask the customer whether both payments were intended. If not, refund one of them. Both count as "
            "paid, and the site was notified of both."
        ),
        steps=(Step.REFUND, Step.CLOSE),
    ),
    Kind.PAYABLE_DELETED: Advice(
        words=_(
            "The money was received. Find out from the description and the customer what it was for, and either "
            "deliver it or refund the payment."
        ),
        steps=(Step.REFUND, Step.CLOSE),
    ),
    Kind.REFUND_UNCONFIRMED: Advice(
        words=_(
            "Check Khalti's dashboard for this refund, and confirm its outcome here. Until then, do not refund "
            "the customer in another way."
        ),
        steps=(Step.DECIDE, Step.CHECK),
    ),
    Kind.REFUND_AMOUNT_MISSING: Advice(
        words=_("Look up the amount in Khalti's dashboard. Until it is entered, nothing more can be refunded."),
        steps=(Step.ENTER,),
    ),
    Kind.REFUND_CONTRADICTED: Advice(
        words=_(
            "Check Khalti's dashboard for this refund. If it is there and counts as failed here, record it as a "
            "manual refund. If it is missing there and counts as succeeded here, make it there."
        ),
        steps=(Step.RECORD, Step.CLOSE),
    ),
    Kind.OVER_REFUNDED: Advice(
        words=_(
            "Part of it had been refunded in cash or by bank transfer before. Ask the customer to return the "
            "excess, or accept it, and resolve this issue."
        ),
        steps=(Step.CLOSE,),
    ),
    Kind.DELIVERY_FAILING: Advice(
        words=_(
            "The money is safe, but the order or booking on your site may not be updated. Pass the error above to "
            "your developer. Delivery is retried automatically; once the code is fixed, you can retry it at once."
        ),
        steps=(Step.REPLAY, Step.CLOSE),
    ),
}
"""By kind of matter."""

STILL_ASKING = _(
    "It is checked with Khalti automatically, which often settles it. Until then, do not refund the customer in "
    "another way."
)
"""Of a refund in doubt that may yet come right without a person."""

DECIDED = _("The outcome of the refund is known by now, so there is nothing left to decide. Resolve this issue.")
"""Of a matter that outlived the refund it was about."""
