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
            "The payment does not count as paid. Look in Khalti's dashboard how much came. If the amount is right "
            "there, check again; if it is not, give the money back there."
        ),
        steps=(Step.CHECK, Step.CLOSE),
    ),
    Kind.PIDX_MISMATCH: Advice(
        words=_(
            "An answer about another payment proves nothing, so nothing was changed. Check again. If it stays like "
            "this, ask Khalti."
        ),
        steps=(Step.CHECK, Step.CLOSE),
    ),
    Kind.UNKNOWN_STATUS: Advice(
        words=_(
            "Look in Khalti's dashboard what became of the money. Hand nothing out until you know, and check again "
            "later."
        ),
        steps=(Step.CHECK, Step.CLOSE),
    ),
    Kind.UNEXPECTED_STATUS: Advice(
        words=_(
            "Khalti had confirmed the money, so the payment stays as it was here. Look in Khalti's dashboard whether "
            "the money is there, before you give any of it back."
        ),
        steps=(Step.CHECK, Step.CLOSE),
    ),
    Kind.CONFLICTING_STATUS: Advice(
        words=_(
            "One of the two is wrong. Look in Khalti's dashboard whether the money went back, and give nothing back "
            "until you know."
        ),
        steps=(Step.CHECK, Step.CLOSE),
    ),
    Kind.NOT_FOUND: Advice(
        words=_(
            "Perhaps the key belongs to another Khalti account by now. Ask who looks after the site. Look for the "
            "payment in Khalti's dashboard before anybody pays again."
        ),
        steps=(Step.CONNECTION, Step.CHECK, Step.CLOSE),
    ),
    Kind.KEY_REJECTED: Advice(
        words=_(
            "Ask who looks after the site to put the right key in. Payments that come meanwhile are found as soon as "
            "Khalti takes the key, and this matter then closes by itself."
        ),
        steps=(Step.CONNECTION, Step.CHECK, Step.CLOSE),
    ),
    Kind.LATE_PAYMENT: Advice(
        words=_(
            "The money is here and counts. See whether the customer still gets what was paid for; if not, give the "
            "money back."
        ),
        steps=(Step.REFUND, Step.CLOSE),
    ),
    Kind.DUPLICATE_PAYMENT: Advice(
        words=_("Give this second payment back. The first one stays as it is."),
        steps=(Step.GIVE_BACK, Step.CLOSE),
    ),
    Kind.POSSIBLE_DUPLICATE: Advice(
        words=_(
            "Ask the customer whether both payments were meant. If not, refund one of them. Both count as paid, and "
            "the site was told of both."
        ),
        steps=(Step.REFUND, Step.CLOSE),
    ),
    Kind.PAYABLE_DELETED: Advice(
        words=_(
            "The money is here. Find out from the description and the customer what it was for, and either deliver it "
            "or refund the payment."
        ),
        steps=(Step.REFUND, Step.CLOSE),
    ),
    Kind.REFUND_UNCONFIRMED: Advice(
        words=_(
            "Look in Khalti's dashboard, and say here what became of it. Until then, do not give the money back in "
            "another way."
        ),
        steps=(Step.DECIDE, Step.CHECK),
    ),
    Kind.REFUND_AMOUNT_MISSING: Advice(
        words=_("Look in Khalti's dashboard how much it was. Until it is entered, nothing more can be given back."),
        steps=(Step.ENTER,),
    ),
    Kind.REFUND_CONTRADICTED: Advice(
        words=_(
            "Look in Khalti's dashboard whether this refund is there. If it is there and counts as not made here, "
            "record it. If it is missing there and counts as made here, make it there."
        ),
        steps=(Step.RECORD, Step.CLOSE),
    ),
    Kind.OVER_REFUNDED: Advice(
        words=_(
            "Some of it had been given back in cash or by bank transfer before. Ask the customer for what was too "
            "much, or let it be, and close this matter."
        ),
        steps=(Step.CLOSE,),
    ),
    Kind.DELIVERY_FAILING: Advice(
        words=_(
            "The money is safe, but the order or booking on your site may not know of it. Tell your developer the "
            "words above. It is tried again by itself; once the code is mended, you can tell it at once."
        ),
        steps=(Step.REPLAY, Step.CLOSE),
    ),
}
"""By kind of matter."""

STILL_ASKING = _(
    "Khalti is asked again by itself, and often that settles it. Until then, do not give the money back in another way."
)
"""Of a refund in doubt that may yet come right without a person."""

DECIDED = _("It is known by now what became of the refund, so there is nothing left to decide. Close this matter.")
"""Of a matter that outlived the refund it was about."""
