"""What staff are advised to do about each kind of issue, and which actions it offers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from wagtail_khalti.models import KhaltiIssue

Kind = KhaltiIssue.Kind


class IssueAction(Enum):
    """What an issue offers. None of these sends money by itself."""

    REFRESH = auto()
    """Look the payment up at Khalti now, which may resolve the issue."""
    CONFIRM_REFUND = auto()
    """Confirm the outcome of an unconfirmed refund."""
    ENTER_AMOUNT = auto()
    """Enter the amount of a refund made in Khalti's dashboard."""
    RECORD_REFUND = auto()
    """Record a manual refund."""
    REFUND_DUPLICATE = auto()
    """Go to the payment's page, which refunds a duplicate with one button."""
    REFUND = auto()
    """Go to the form for a refund."""
    RETRY_DELIVERY = auto()
    """Deliver a failing integration event again."""
    TEST_CONNECTION = auto()
    """Go to the settings, where the connection to Khalti is tested."""
    RESOLVE = auto()
    """Go to the form that resolves the issue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What to do about an issue, and the actions in the order in which they help."""

    text: Promise
    actions: tuple[IssueAction, ...]


ADVICE: Mapping[str, Advice] = {
    Kind.AMOUNT_MISMATCH: Advice(
        text=_(
            "The payment does not count as paid. Check the amount in Khalti's dashboard. If it is right there, "
            "refresh the status; if not, refund it there."
        ),
        actions=(IssueAction.REFRESH, IssueAction.RESOLVE),
    ),
    Kind.PIDX_MISMATCH: Advice(
        text=_(
            "Nothing was changed, because the response was about another payment. Refresh the status. If this "
            "stays, contact Khalti."
        ),
        actions=(IssueAction.REFRESH, IssueAction.RESOLVE),
    ),
    Kind.UNKNOWN_STATUS: Advice(
        text=_(
            "Check the payment in Khalti's dashboard. Do not fulfil the order until this is resolved, and refresh "
            "the status later."
        ),
        actions=(IssueAction.REFRESH, IssueAction.RESOLVE),
    ),
    Kind.UNEXPECTED_STATUS: Advice(
        text=_(
            "Khalti had confirmed the money, so the payment was left unchanged here. Check Khalti's dashboard for "
            "the money before you refund anything."
        ),
        actions=(IssueAction.REFRESH, IssueAction.RESOLVE),
    ),
    Kind.CONFLICTING_STATUS: Advice(
        text=_(
            "Only one of the two can be right. Check Khalti's dashboard for a refund, and do not refund anything "
            "until this is resolved."
        ),
        actions=(IssueAction.REFRESH, IssueAction.RESOLVE),
    ),
    Kind.NOT_FOUND: Advice(
        text=_(
            "The API key may belong to another Khalti account now. Ask whoever manages the site. Look for the "
            "payment in Khalti's dashboard before anybody pays again."
        ),
        actions=(IssueAction.TEST_CONNECTION, IssueAction.REFRESH, IssueAction.RESOLVE),
    ),
    Kind.KEY_REJECTED: Advice(
        text=_(
            "Ask whoever manages the site to enter the right API key. Payments made meanwhile are found as soon "
            "as Khalti accepts the key, and this issue is then resolved automatically."
        ),
        actions=(IssueAction.TEST_CONNECTION, IssueAction.REFRESH, IssueAction.RESOLVE),
    ),
    Kind.LATE_PAYMENT: Advice(
        text=_(
            "The money was received and counts. Check whether the customer still gets what was paid for; if not, "
            "refund the payment."
        ),
        actions=(IssueAction.REFUND, IssueAction.RESOLVE),
    ),
    Kind.DUPLICATE_PAYMENT: Advice(
        text=_("Refund this duplicate payment. The first one stays as it is."),
        actions=(IssueAction.REFUND_DUPLICATE, IssueAction.RESOLVE),
    ),
    Kind.POSSIBLE_DUPLICATE: Advice(
        text=_(
            "Ask the customer whether both payments were intended. If not, refund one of them. Both count as "
            "paid, and the site was notified of both."
        ),
        actions=(IssueAction.REFUND, IssueAction.RESOLVE),
    ),
    Kind.OVERSOLD: Advice(
        text=_(
            "The money was received, and the customer counts on it. Find another seat or piece for them, or refund "
            "the payment, which resolves this issue. No more are sold until enough are available again."
        ),
        actions=(IssueAction.REFUND, IssueAction.RESOLVE),
    ),
    Kind.PAYABLE_DELETED: Advice(
        text=_(
            "The money was received. Find out from the description and the customer what it was for, and either "
            "deliver it or refund the payment."
        ),
        actions=(IssueAction.REFUND, IssueAction.RESOLVE),
    ),
    Kind.REFUND_UNCONFIRMED: Advice(
        text=_(
            "Check Khalti's dashboard for this refund, and confirm its outcome here. Until then, do not refund "
            "the customer in another way."
        ),
        actions=(IssueAction.CONFIRM_REFUND, IssueAction.REFRESH),
    ),
    Kind.REFUND_AMOUNT_MISSING: Advice(
        text=_("Look up the amount in Khalti's dashboard. Until it is entered, nothing more can be refunded."),
        actions=(IssueAction.ENTER_AMOUNT,),
    ),
    Kind.REFUND_CONTRADICTED: Advice(
        text=_(
            "Check Khalti's dashboard for this refund. If it is there and counts as failed here, record it as a "
            "manual refund. If it is missing there and counts as succeeded here, make it there."
        ),
        actions=(IssueAction.RECORD_REFUND, IssueAction.RESOLVE),
    ),
    Kind.OVER_REFUNDED: Advice(
        text=_(
            "Part of it had been refunded in cash or by bank transfer before. Ask the customer to return the "
            "excess, or accept it, and resolve this issue."
        ),
        actions=(IssueAction.RESOLVE,),
    ),
    Kind.DELIVERY_FAILING: Advice(
        text=_(
            "The money is safe, but the order or booking on your site may not be updated. Pass the error above to "
            "your developer. Delivery is retried automatically; once the code is fixed, you can retry it at once."
        ),
        actions=(IssueAction.RETRY_DELIVERY, IssueAction.RESOLVE),
    ),
}
"""By kind of issue."""

STILL_CHECKING = _(
    "It is checked with Khalti automatically, which often resolves this. Until then, do not refund the customer in "
    "another way."
)
"""For an unconfirmed refund that may still be resolved automatically."""

OUTCOME_KNOWN = _("The outcome of the refund is known by now, so there is nothing left to decide. Resolve this issue.")
"""For an issue about a refund that was decided in another way."""
