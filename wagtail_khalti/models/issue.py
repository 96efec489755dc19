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

        AMOUNT_MISMATCH = "amount_mismatch", _("Khalti names another amount")
        """Missing, senseless, or not the one agreed."""
        PIDX_MISMATCH = "pidx_mismatch", _("Khalti answered about another payment")
        """The pidx in the answer isn't the one that was asked for."""
        UNKNOWN_STATUS = "unknown_status", _("Khalti used a word we do not know")
        """Held: it means neither paid nor failed."""
        UNEXPECTED_STATUS = "unexpected_status", _("Khalti took something back")
        """Such as Expired for a payment that was Completed."""
        CONFLICTING_STATUS = "conflicting_status", _("Khalti calls it completed and refunded at once")
        """One of the two is wrong."""
        NOT_FOUND = "not_found", _("Khalti does not know this payment")
        """Not even when its time is over. Perhaps the key is another account's now."""
        KEY_REJECTED = "key_rejected", _("Khalti refuses our key")
        """HTTP 401: nothing of this merchant can be checked. One is open for all of its payments."""
        LATE_PAYMENT = "late_payment", _("Paid after it had ended")
        """The site was told that it ended, and then that it was paid."""
        DUPLICATE_PAYMENT = "duplicate_payment", _("Paid twice")
        """Another payment had bought the same. The money is here, and nothing was sold for it."""
        POSSIBLE_DUPLICATE = "possible_duplicate", _("Possible duplicate payment")
        """The same customer paid for the same offer shortly before, and nobody said that both are meant."""
        PAYABLE_DELETED = "payable_deleted", _("Paid for something that was deleted")
        """The site's code has nothing left to mark as paid."""
        REFUND_UNCONFIRMED = "refund_unconfirmed", _("A refund is in doubt")
        """Khalti was asked for it, and neither its answer nor a lookup tells whether it was made."""
        REFUND_AMOUNT_MISSING = "refund_amount_missing", _("A refund of unknown amount")
        """Some of the money went back in Khalti's dashboard. Khalti's API does not tell how much."""
        REFUND_CONTRADICTED = "refund_contradicted", _("Khalti's answer to a refund came too late")
        """It says the opposite of what was decided in the meantime."""
        OVER_REFUNDED = "over_refunded", _("More was given back than was paid")
        """Khalti gave back all, and some had been given back past Khalti."""
        DELIVERY_FAILING = "delivery_failing", _("The site's code fails on the news")
        """The money is settled; the site doesn't know yet."""

    class Resolution(models.TextChoices):
        """How it was closed."""

        RESOLVED = "resolved", _("Handled")
        """A person did what was to be done, and says what."""
        NO_ACTION_NEEDED = "no_action_needed", _("Nothing to do")
        """A person looked, and all is well."""
        RESOLVED_AUTOMATICALLY = "resolved_automatically", _("Came right by itself")
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

        NEWS = 1, _("The site may not know how it stands")
        """The money is clear."""
        MONEY = 2, _("Money came that was not expected, or went back otherwise than we know")
        """It is known where the money is."""
        DOUBT = 3, _("It is not certain where the money is")
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
    Kind.AMOUNT_MISMATCH: _("Khalti says that %(said)s was paid, and %(agreed)s was agreed."),
    Kind.PIDX_MISMATCH: _("Khalti was asked about %(pidx)s and answered about %(said_pidx)s."),
    Kind.UNKNOWN_STATUS: _("Khalti says “%(status)s”, which we do not know; it counts neither as paid nor as failed."),
    Kind.UNEXPECTED_STATUS: _("Khalti says “%(status)s” now, and the payment was “%(was)s” before."),
    Kind.CONFLICTING_STATUS: _("Khalti says “%(status)s”, and that the money was given back."),
    Kind.NOT_FOUND: _("Khalti does not know %(pidx)s, even though it gave us this pidx."),
    Kind.KEY_REJECTED: _("Khalti refuses the key of “%(merchant)s”, so that no payment of it can be checked."),
    Kind.LATE_PAYMENT: _("%(agreed)s came after the payment had ended as “%(was)s”; the site was told of both."),
    Kind.DUPLICATE_PAYMENT: _(
        "%(agreed)s came for something that %(earlier)s had paid already; nothing was sold for it."
    ),
    Kind.POSSIBLE_DUPLICATE: _("The same customer had paid for the same offer shortly before, with %(earlier)s."),
    Kind.PAYABLE_DELETED: _("%(agreed)s was paid for something that had been deleted from the site."),
    Kind.REFUND_UNCONFIRMED: _("Khalti was asked to give back %(refund)s, and it is not known whether it did."),
    Kind.REFUND_AMOUNT_MISSING: _("Some of the money went back in Khalti's dashboard; how much has to be entered."),
    Kind.REFUND_CONTRADICTED: _("A late answer of Khalti's says the opposite of what was decided about %(refund)s."),
    Kind.OVER_REFUNDED: _("Khalti gave back all of %(agreed)s, so that %(too_much)s too much went back."),
    Kind.DELIVERY_FAILING: _("The site's code keeps failing on “%(event_type)s” with %(error)s."),
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
