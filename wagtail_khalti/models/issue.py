"""Issues: what a person must look at."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from wagtail_khalti.database.primary import OnPrimary
from wagtail_khalti.formatting import format_number
from wagtail_khalti.models.payment import KhaltiPayment
from wagtail_khalti.models.queries import KhaltiIssueQuerySet
from wagtail_khalti.models.status import Status
from wagtail_khalti.money import format_rupees


class KhaltiIssue(OnPrimary):
    """Open until it is resolved, by a person or automatically. A payment has at most one open issue of a kind."""

    class Kind(models.TextChoices):
        """What is wrong."""

        AMOUNT_MISMATCH = "amount_mismatch", _("Amount mismatch")
        """Missing, not a number, or not the amount of the payment."""
        PIDX_MISMATCH = "pidx_mismatch", _("Response doesn't match this payment")
        """The pidx in the response isn't the one that was looked up."""
        UNKNOWN_STATUS = "unknown_status", _("Unknown status from Khalti")
        """It counts neither as paid nor as failed."""
        UNEXPECTED_STATUS = "unexpected_status", _("Payment reversed by Khalti")
        """Such as Expired for a payment that was Completed."""
        CONFLICTING_STATUS = "conflicting_status", _("Conflicting status from Khalti")
        """Completed and refunded at once: one of the two is wrong."""
        NOT_FOUND = "not_found", _("Payment not found at Khalti")
        """Still not found after its link expired. Perhaps the API key now belongs to another account."""
        KEY_REJECTED = "key_rejected", _("API key rejected")
        """HTTP 401: no payment of this merchant can be checked. One issue is open for all of its payments."""
        LATE_PAYMENT = "late_payment", _("Late payment")
        """The site got ``payment_ended``, and then ``payment_completed``."""
        DUPLICATE_PAYMENT = "duplicate_payment", _("Duplicate payment")
        """Another payment had already paid for the same payable. The site gets no event for this one."""
        POSSIBLE_DUPLICATE = "possible_duplicate", _("Possible duplicate payment")
        """The same customer paid for the same offer shortly before, and nobody confirmed that both are intended."""
        OVERSOLD = "oversold", _("Oversold")
        """A late payment whose units were given to others before it was completed. More are sold than there are."""
        PAYABLE_DELETED = "payable_deleted", _("Purchased item was deleted")
        """The site's code can't mark it as paid."""
        REFUND_UNCONFIRMED = "refund_unconfirmed", _("Refund unconfirmed")
        """It was sent to Khalti, and neither the response nor a lookup shows whether it was made."""
        REFUND_AMOUNT_MISSING = "refund_amount_missing", _("Refund amount unknown")
        """Part of the payment was refunded in Khalti's dashboard. Khalti's API does not report the amount."""
        REFUND_CONTRADICTED = "refund_contradicted", _("Late response contradicts a refund")
        """Khalti's response to a refund contradicts the outcome that was recorded in the meantime."""
        OVER_REFUNDED = "over_refunded", _("Over-refunded")
        """Khalti refunded all of it, and some had been refunded outside of Khalti."""
        DELIVERY_FAILING = "delivery_failing", _("Site integration error")
        """The payment's state is certain; the site's receivers have not accepted the event."""

    class Resolution(models.TextChoices):
        """How it was resolved."""

        RESOLVED = "resolved", _("Resolved")
        """A person took action, and says which."""
        NO_ACTION_NEEDED = "no_action_needed", _("No action needed")
        """A person checked, and nothing had to be done."""
        RESOLVED_AUTOMATICALLY = "resolved_automatically", _("Resolved automatically")
        """Its cause is gone: Khalti accepts the key again, or the event was delivered."""

    ABOUT_REFUNDS = frozenset(
        {Kind.REFUND_UNCONFIRMED, Kind.REFUND_AMOUNT_MISSING, Kind.REFUND_CONTRADICTED, Kind.OVER_REFUNDED}
    )
    PAYMENT_IS_CLEAR = ABOUT_REFUNDS | {
        Kind.KEY_REJECTED,
        Kind.LATE_PAYMENT,
        Kind.DUPLICATE_PAYMENT,
        Kind.POSSIBLE_DUPLICATE,
        Kind.OVERSOLD,
        Kind.PAYABLE_DELETED,
        Kind.DELIVERY_FAILING,
    }
    """Kinds that leave no doubt about whether the payment was made."""

    class Risk(models.IntegerChoices):
        """What is at stake. The larger the number, the more urgent."""

        NOT_UPDATED = 1, _("Site not updated")
        """The payment's state is certain."""
        UNEXPECTED = 2, _("Unexpected payment or refund")
        """It is known where the money is."""
        UNCLEAR = 3, _("Payment status unclear")
        """Another payment or refund might be one too many."""

    payment = models.ForeignKey(
        KhaltiPayment, verbose_name=_("payment"), on_delete=models.PROTECT, related_name="issues", db_index=False
    )
    kind = models.CharField(_("kind"), max_length=32, choices=Kind.choices)
    risk = models.PositiveSmallIntegerField(_("risk"), choices=Risk.choices, default=Risk.UNCLEAR, editable=False)
    """Follows from its kind (``RISKS``); stored so that an index finds the most urgent ones."""
    merchant = models.CharField(_("merchant"), max_length=64, null=True, blank=True)  # noqa: DJ001 - unique where given
    """Set if it is one issue for all payments of a merchant; ``payment`` is the one that revealed it."""

    details = models.JSONField(_("details"), default=dict, blank=True)
    opened_at = models.DateTimeField(_("opened at"), auto_now_add=True)
    resolved_at = models.DateTimeField(_("resolved at"), null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("resolved by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    resolution = models.CharField(_("resolution"), max_length=32, choices=Resolution.choices, blank=True)
    note = models.TextField(_("internal note"), blank=True)
    is_open = models.BooleanField(_("open"), null=True, blank=True, default=True, editable=False)
    """True or NULL: MariaDB has no partial unique indexes, but NULLs may repeat in a unique one everywhere."""

    objects: ClassVar = KhaltiIssueQuerySet.as_manager()

    class Meta:
        verbose_name = _("issue")
        verbose_name_plural = _("issues")
        ordering = ["-opened_at", "-pk"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["payment", "kind", "is_open"], name="khalti_issue_one_open"),
            models.UniqueConstraint(fields=["merchant", "kind", "is_open"], name="khalti_issue_one_for_merchant"),
        ]
        indexes = [
            models.Index(fields=["is_open", "kind"], name="khalti_issue_open"),
            models.Index(fields=["is_open", "risk", "opened_at", "id"], name="khalti_issue_risk"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.payment}"

    @property
    def sentence(self) -> str:
        """What happened, in one sentence, for staff."""
        return str(SENTENCES[self.Kind(self.kind)]) % self._facts()

    def _facts(self) -> dict[str, object]:
        details = self.details
        return {
            "expected": format_rupees(self.payment.amount, get_language()),
            "reported": _amount(details.get("total_amount")),
            "pidx": self.payment.pidx,
            "reported_pidx": details.get("pidx") or "–",
            "status": details.get("status", ""),
            "was": dict(Status.choices).get(str(details.get("was", "")), ""),
            "merchant": self.payment.merchant,
            "earlier": details.get("earlier", ""),
            "event_type": details.get("event_type", ""),
            "error": details.get("error") or "–",
            "refund": _amount(details.get("amount")),
            "excess": _amount(details.get("excess")),
            "taken": _number(details.get("taken")),
            "limit": _number(details.get("limit")),
        }


Kind = KhaltiIssue.Kind

SENTENCES = {
    Kind.AMOUNT_MISMATCH: _("Amount mismatch: Khalti reports %(reported)s, expected %(expected)s."),
    Kind.PIDX_MISMATCH: _("Khalti's response is for %(reported_pidx)s; this payment is %(pidx)s."),
    Kind.UNKNOWN_STATUS: _("Khalti reports an unknown status, “%(status)s”. It counts neither as paid nor as failed."),
    Kind.UNEXPECTED_STATUS: _("Khalti now reports “%(status)s”; the payment was “%(was)s” before."),
    Kind.CONFLICTING_STATUS: _("Khalti reports “%(status)s”, and also that the payment was refunded."),
    Kind.NOT_FOUND: _("Khalti can't find the payment %(pidx)s, although it issued this pidx."),
    Kind.KEY_REJECTED: _("Khalti rejects the API key of “%(merchant)s”. No payment of this account can be checked."),
    Kind.LATE_PAYMENT: _(
        "%(expected)s was paid after the payment had ended as “%(was)s”. The site was notified of both."
    ),
    Kind.DUPLICATE_PAYMENT: _(
        "%(expected)s was paid for something that payment %(earlier)s had already paid for. The site was not notified."
    ),
    Kind.POSSIBLE_DUPLICATE: _("The same customer paid for the same offer shortly before, with payment %(earlier)s."),
    Kind.OVERSOLD: _(
        "%(expected)s was paid after the reservation had been released, and the units had been given to others. "
        "Sold or reserved are now %(taken)s of %(limit)s."
    ),
    Kind.PAYABLE_DELETED: _("%(expected)s was paid for an item that had been deleted from the site."),
    Kind.REFUND_UNCONFIRMED: _("A refund of %(refund)s was sent to Khalti. It is not known whether it succeeded."),
    Kind.REFUND_AMOUNT_MISSING: _(
        "Part of this payment was refunded in Khalti's dashboard. The amount must be entered."
    ),
    Kind.REFUND_CONTRADICTED: _(
        "A late response from Khalti contradicts the recorded outcome of the refund of %(refund)s."
    ),
    Kind.OVER_REFUNDED: _("Khalti refunded all of %(expected)s. The refunds exceed the payment by %(excess)s."),
    Kind.DELIVERY_FAILING: _("The site's code fails to process the event “%(event_type)s”: %(error)s."),
}
"""What happened, by kind, for staff."""

RISKS = {
    Kind.DELIVERY_FAILING: KhaltiIssue.Risk.NOT_UPDATED,
    Kind.LATE_PAYMENT: KhaltiIssue.Risk.NOT_UPDATED,
    Kind.DUPLICATE_PAYMENT: KhaltiIssue.Risk.UNEXPECTED,
    Kind.POSSIBLE_DUPLICATE: KhaltiIssue.Risk.UNEXPECTED,
    Kind.OVERSOLD: KhaltiIssue.Risk.UNEXPECTED,
    Kind.PAYABLE_DELETED: KhaltiIssue.Risk.UNEXPECTED,
    Kind.REFUND_AMOUNT_MISSING: KhaltiIssue.Risk.UNEXPECTED,
    Kind.OVER_REFUNDED: KhaltiIssue.Risk.UNEXPECTED,
}
"""All other kinds are ``UNCLEAR``."""


MAX_AMOUNT = 10**17  # paisa: no plausible amount is larger, and decimals are exact up to here


def _amount(reported: object) -> str:
    """As Khalti reported it, which may be no amount at all."""
    if isinstance(reported, int) and not isinstance(reported, bool) and abs(reported) < MAX_AMOUNT:
        return format_rupees(reported, get_language())
    return "–" if reported is None else f"“{reported}”"


def _number(counted: object) -> str:
    return format_number(counted) if isinstance(counted, int) else "–"
