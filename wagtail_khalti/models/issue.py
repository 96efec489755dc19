"""A matter that only a person can decide."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from wagtail_khalti.database.primary import OnPrimary
from wagtail_khalti.models.payment import KhaltiPayment
from wagtail_khalti.models.queries import KhaltiIssueQuerySet
from wagtail_khalti.models.status import Status
from wagtail_khalti.money import format_rupees


class KhaltiIssue(OnPrimary):
    """Open until a person closes it, or what comes later does. One of a kind is open for a payment at a time."""

    class Kind(models.TextChoices):
        """What does not fit."""

        AMOUNT_MISMATCH = "amount_mismatch", _("Amount mismatch")
        """Missing, senseless, or not the one agreed."""
        PIDX_MISMATCH = "pidx_mismatch", _("Response doesn't match this payment")
        """The pidx in the answer isn't the one that was asked for."""
        UNKNOWN_STATUS = "unknown_status", _("Unknown status from Khalti")
        """Held: it means neither paid nor failed."""
        UNEXPECTED_STATUS = "unexpected_status", _("Payment reversed by Khalti")
        """Such as Expired for a payment that was Completed."""
        CONFLICTING_STATUS = "conflicting_status", _("Conflicting status from Khalti")
        """One of the two is wrong."""
        NOT_FOUND = "not_found", _("Payment not found at Khalti")
        """Not even when its time is over. Perhaps the key is another account's now."""
        KEY_REJECTED = "key_rejected", _("API key rejected")
        """HTTP 401: nothing of this merchant can be checked. One is open for all of its payments."""
        LATE_PAYMENT = "late_payment", _("Late payment")
        """The site was told that it ended, and then that it was paid."""
        DUPLICATE_PAYMENT = "duplicate_payment", _("Duplicate payment")
        """Another payment had bought the same. The money is here, and nothing was sold for it."""
        POSSIBLE_DUPLICATE = "possible_duplicate", _("Possible duplicate payment")
        """The same customer paid for the same offer shortly before, and nobody said that both are meant."""
        PAYABLE_DELETED = "payable_deleted", _("Purchased item deleted")
        """The site's code has nothing left to mark as paid."""
        REFUND_UNCONFIRMED = "refund_unconfirmed", _("Refund unconfirmed")
        """Khalti was asked for it, and neither its answer nor a lookup tells whether it was made."""
        REFUND_AMOUNT_MISSING = "refund_amount_missing", _("Refund amount unknown")
        """Some of the money went back in Khalti's dashboard. Khalti's API does not tell how much."""
        REFUND_CONTRADICTED = "refund_contradicted", _("Conflicting refund outcome")
        """It says the opposite of what was decided in the meantime."""
        OVER_REFUNDED = "over_refunded", _("Over-refunded")
        """Khalti gave back all, and some had been given back past Khalti."""
        DELIVERY_FAILING = "delivery_failing", _("Site integration error")
        """The money is settled; the site doesn't know yet."""

    class Resolution(models.TextChoices):
        """How it was closed."""

        RESOLVED = "resolved", _("Resolved")
        """A person did what was to be done, and says what."""
        NO_ACTION_NEEDED = "no_action_needed", _("No action needed")
        """A person looked, and all is well."""
        RESOLVED_AUTOMATICALLY = "resolved_automatically", _("Resolved automatically")
        """What came later settled it: Khalti takes the key again, the site's code ran."""

    ABOUT_REFUNDS = frozenset(
        {Kind.REFUND_UNCONFIRMED, Kind.REFUND_AMOUNT_MISSING, Kind.REFUND_CONTRADICTED, Kind.OVER_REFUNDED}
    )
    MONEY_IS_CLEAR = ABOUT_REFUNDS | {
        Kind.KEY_REJECTED,
        Kind.LATE_PAYMENT,
        Kind.DUPLICATE_PAYMENT,
        Kind.POSSIBLE_DUPLICATE,
        Kind.PAYABLE_DELETED,
        Kind.DELIVERY_FAILING,
    }
    """Those that say nothing against that the money of this payment came."""

    class Risk(models.IntegerChoices):
        """What is at stake; the larger, the sooner somebody should look."""

        NEWS = 1, _("Site not updated")
        """The money is clear."""
        MONEY = 2, _("Unexpected payment or refund")
        """It is known where the money is."""
        DOUBT = 3, _("Payment status unclear")
        """Paying or refunding once more could be once too often."""

    payment = models.ForeignKey(
        KhaltiPayment, verbose_name=_("payment"), on_delete=models.PROTECT, related_name="issues", db_index=False
    )
    kind = models.CharField(_("kind"), max_length=32, choices=Kind.choices)
    risk = models.PositiveSmallIntegerField(_("risk"), choices=Risk.choices, default=Risk.DOUBT, editable=False)
    """By its kind, from ``RISKS``; kept, so that the gravest of many are found by an index."""
    merchant = models.CharField(_("merchant"), max_length=64, null=True, blank=True)  # noqa: DJ001 - unique where given
    """Where it is one matter for all payments of a merchant; ``payment`` is the one by which it was found."""

    details = models.JSONField(_("details"), default=dict, blank=True)
    opened_at = models.DateTimeField(_("opened at"), auto_now_add=True)
    resolved_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("closed by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    resolution = models.CharField(_("resolution"), max_length=32, choices=Resolution.choices, blank=True)
    note = models.TextField(_("note"), blank=True)
    is_open = models.BooleanField(_("open"), null=True, blank=True, default=True, editable=False)
    """True or NULL: MariaDB has no partial unique index, but everywhere NULLs may repeat in a unique one."""

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
            models.Index(fields=["is_open", "risk", "opened_at", "id"], name="khalti_issue_gravest"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.payment}"

    @property
    def sentence(self) -> str:
        """What happened, in one sentence for the person who has to decide."""
        return str(SENTENCES[self.Kind(self.kind)]) % self._facts()

    def _facts(self) -> dict[str, object]:
        details = self.details
        return {
            "agreed": format_rupees(self.payment.amount, get_language()),
            "said": _amount(details.get("total_amount")),
            "pidx": self.payment.pidx,
            "said_pidx": details.get("pidx") or "–",
            "status": details.get("status", ""),
            "was": dict(Status.choices).get(str(details.get("was", "")), ""),
            "merchant": self.payment.merchant,
            "earlier": details.get("earlier", ""),
            "event_type": details.get("event_type", ""),
            "error": details.get("error") or "–",
            "refund": _amount(details.get("amount")),
            "too_much": _amount(details.get("too_much")),
        }


Kind = KhaltiIssue.Kind

SENTENCES = {
    Kind.AMOUNT_MISMATCH: _("Khalti reports %(said)s, expected %(agreed)s."),
    Kind.PIDX_MISMATCH: _("%(pidx)s was looked up, and Khalti responded with %(said_pidx)s."),
    Kind.UNKNOWN_STATUS: _("Khalti reports the unknown status “%(status)s”. It counts neither as paid nor as failed."),
    Kind.UNEXPECTED_STATUS: _("Khalti now reports “%(status)s”; the payment was “%(was)s” before."),
    Kind.CONFLICTING_STATUS: _("Khalti reports “%(status)s”, and also that the payment was refunded."),
    Kind.NOT_FOUND: _("Khalti doesn't know %(pidx)s, although it issued this pidx."),
    Kind.KEY_REJECTED: _("Khalti rejects the API key of “%(merchant)s”, so none of its payments can be checked."),
    Kind.LATE_PAYMENT: _("%(agreed)s was paid after the payment ended as “%(was)s”. The site was notified of both."),
    Kind.DUPLICATE_PAYMENT: _(
        "%(agreed)s was paid for something that %(earlier)s paid for before. Nothing was sold for it."
    ),
    Kind.POSSIBLE_DUPLICATE: _("The same customer paid for the same offer shortly before: %(earlier)s."),
    Kind.PAYABLE_DELETED: _("%(agreed)s was paid for something that has been deleted from the site."),
    Kind.REFUND_UNCONFIRMED: _("A refund of %(refund)s was sent to Khalti, and its outcome is unknown."),
    Kind.REFUND_AMOUNT_MISSING: _("Part of it was refunded in Khalti's dashboard. The amount has to be entered."),
    Kind.REFUND_CONTRADICTED: _("A late response from Khalti contradicts the outcome of the refund of %(refund)s."),
    Kind.OVER_REFUNDED: _("Khalti refunded all of %(agreed)s, so %(too_much)s too much was refunded."),
    Kind.DELIVERY_FAILING: _("Delivery of “%(event_type)s” to the site's code keeps failing: %(error)s."),
}
"""What happened, by kind. In the words of the person who has to decide."""

RISKS = {
    Kind.DELIVERY_FAILING: KhaltiIssue.Risk.NEWS,
    Kind.LATE_PAYMENT: KhaltiIssue.Risk.NEWS,
    Kind.DUPLICATE_PAYMENT: KhaltiIssue.Risk.MONEY,
    Kind.POSSIBLE_DUPLICATE: KhaltiIssue.Risk.MONEY,
    Kind.PAYABLE_DELETED: KhaltiIssue.Risk.MONEY,
    Kind.REFUND_AMOUNT_MISSING: KhaltiIssue.Risk.MONEY,
    Kind.OVER_REFUNDED: KhaltiIssue.Risk.MONEY,
}
"""Of the kinds that are not here it is not certain where the money is."""


TOO_LARGE = 10**17  # paisa: no sum of money, and beyond what decimals are reckoned with


def _amount(said: object) -> str:
    """As Khalti said it, which may be no amount at all."""
    if isinstance(said, int) and not isinstance(said, bool) and abs(said) < TOO_LARGE:
        return format_rupees(said, get_language())
    return "–" if said is None else f"“{said}”"
