"""A matter that only a person can decide."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from wagtail_khalti.models.payment import KhaltiPayment
from wagtail_khalti.models.primary import OnPrimary
from wagtail_khalti.models.queries import KhaltiReviewQuerySet
from wagtail_khalti.models.status import Status
from wagtail_khalti.money import format_rupees


class KhaltiReview(OnPrimary):
    """Open until a person closes it, or what comes later does. One of a kind is open for a payment at a time."""

    class Kind(models.TextChoices):
        """What does not fit."""

        AMOUNT_MISMATCH = "amount_mismatch", _("Khalti names another amount")
        """Missing, senseless, or not the one agreed."""
        OTHER_PIDX = "other_pidx", _("Khalti answered about another payment")
        """The pidx in the answer isn't the one that was asked for."""
        UNKNOWN_STATUS = "unknown_status", _("Khalti used a word we do not know")
        """Held: it means neither paid nor failed."""
        UNEXPECTED_STATUS = "unexpected_status", _("Khalti took something back")
        """Such as Expired for a payment that was Completed."""
        REFUND_UNCLEAR = "refund_unclear", _("Khalti calls it completed and refunded at once")
        """One of the two is wrong."""
        NOT_FOUND = "not_found", _("Khalti does not know this payment")
        """Not even when its time is over. Perhaps the key is another account's now."""
        LOOKUP_REFUSED = "lookup_refused", _("Khalti refuses our key")
        """HTTP 401: nothing of this merchant can be checked. One is open for all of its payments."""
        LATE_PAYMENT = "late_payment", _("Paid after it had ended")
        """The site was told that it ended, and then that it was paid."""
        SECOND_PAYMENT = "second_payment", _("Paid twice")
        """Another payment had bought the same. The money is here, and nothing was sold for it."""
        POSSIBLE_DUPLICATE = "possible_duplicate", _("Possible duplicate payment")
        """The same customer paid for the same offer shortly before, and nobody said that both are meant."""
        PAYABLE_GONE = "payable_gone", _("Paid for something that was deleted")
        """The site's code has nothing left to mark as paid."""
        REFUND_IN_DOUBT = "refund_in_doubt", _("A refund is in doubt")
        """Khalti was asked for it, and neither its answer nor a lookup tells whether it was made."""
        REFUND_WITHOUT_AMOUNT = "refund_without_amount", _("A refund of unknown amount")
        """Some of the money went back in Khalti's dashboard. Khalti's API does not tell how much."""
        REFUND_CONTRADICTED = "refund_contradicted", _("Khalti's answer to a refund came too late")
        """It says the opposite of what was decided in the meantime."""
        REFUNDED_TOO_MUCH = "refunded_too_much", _("More was given back than was paid")
        """Khalti gave back all, and some had been given back past Khalti."""
        DELIVERY_FAILING = "delivery_failing", _("The site's code fails on the news")
        """The money is settled; the site doesn't know yet."""

    class Outcome(models.TextChoices):
        """How it was closed."""

        HANDLED = "handled", _("Handled")
        """A person did what was to be done, and says what."""
        NOTHING_TO_DO = "nothing_to_do", _("Nothing to do")
        """A person looked, and all is well."""
        CAME_RIGHT = "came_right", _("Came right by itself")
        """What came later settled it: Khalti takes the key again, the site's code ran."""

    ABOUT_REFUNDS = frozenset(
        {Kind.REFUND_IN_DOUBT, Kind.REFUND_WITHOUT_AMOUNT, Kind.REFUND_CONTRADICTED, Kind.REFUNDED_TOO_MUCH}
    )
    MONEY_IS_CLEAR = ABOUT_REFUNDS | {
        Kind.LOOKUP_REFUSED,
        Kind.LATE_PAYMENT,
        Kind.SECOND_PAYMENT,
        Kind.POSSIBLE_DUPLICATE,
        Kind.PAYABLE_GONE,
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
        KhaltiPayment, verbose_name=_("payment"), on_delete=models.PROTECT, related_name="reviews", db_index=False
    )
    kind = models.CharField(_("kind"), max_length=32, choices=Kind.choices)
    risk = models.PositiveSmallIntegerField(_("risk"), choices=Risk.choices, default=Risk.DOUBT, editable=False)
    """By its kind, from ``RISKS``; kept, so that the gravest of many are found by an index."""
    merchant = models.CharField(_("merchant"), max_length=64, null=True, blank=True)  # noqa: DJ001 - unique where given
    """Where it is one matter for all payments of a merchant; ``payment`` is the one by which it was found."""

    evidence = models.JSONField(_("evidence"), default=dict, blank=True)
    opened_at = models.DateTimeField(_("opened at"), auto_now_add=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("closed by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    outcome = models.CharField(_("outcome"), max_length=16, choices=Outcome.choices, blank=True)
    note = models.TextField(_("note"), blank=True)
    is_open = models.BooleanField(_("open"), null=True, blank=True, default=True, editable=False)
    """True or NULL: MariaDB has no partial unique index, but everywhere NULLs may repeat in a unique one."""

    objects: ClassVar = KhaltiReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        ordering = ["-opened_at", "-pk"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["payment", "kind", "is_open"], name="khalti_review_one_open"),
            models.UniqueConstraint(fields=["merchant", "kind", "is_open"], name="khalti_review_one_for_merchant"),
        ]
        indexes = [
            models.Index(fields=["is_open", "kind"], name="khalti_review_open"),
            models.Index(fields=["is_open", "risk", "opened_at", "id"], name="khalti_review_gravest"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.payment}"

    @property
    def sentence(self) -> str:
        """What happened, in one sentence for the person who has to decide."""
        return str(SENTENCES[self.Kind(self.kind)]) % self._facts()

    def _facts(self) -> dict[str, object]:
        evidence = self.evidence
        return {
            "agreed": format_rupees(self.payment.amount, get_language()),
            "said": _amount(evidence.get("total_amount")),
            "pidx": self.payment.pidx,
            "said_pidx": evidence.get("pidx") or "–",
            "status": evidence.get("status", ""),
            "was": dict(Status.choices).get(str(evidence.get("was", "")), ""),
            "merchant": self.payment.merchant,
            "earlier": evidence.get("earlier", ""),
            "news": evidence.get("news", ""),
            "error": evidence.get("error") or "–",
            "refund": _amount(evidence.get("amount")),
            "too_much": _amount(evidence.get("too_much")),
        }


Kind = KhaltiReview.Kind

SENTENCES = {
    Kind.AMOUNT_MISMATCH: _("Khalti says that %(said)s was paid, and %(agreed)s was agreed."),
    Kind.OTHER_PIDX: _("Khalti was asked about %(pidx)s and answered about %(said_pidx)s."),
    Kind.UNKNOWN_STATUS: _("Khalti says “%(status)s”, which we do not know; it counts neither as paid nor as failed."),
    Kind.UNEXPECTED_STATUS: _("Khalti says “%(status)s” now, and the payment was “%(was)s” before."),
    Kind.REFUND_UNCLEAR: _("Khalti says “%(status)s”, and that the money was given back."),
    Kind.NOT_FOUND: _("Khalti does not know %(pidx)s, even though it gave us this pidx."),
    Kind.LOOKUP_REFUSED: _("Khalti refuses the key of “%(merchant)s”, so that no payment of it can be checked."),
    Kind.LATE_PAYMENT: _("%(agreed)s came after the payment had ended as “%(was)s”; the site was told of both."),
    Kind.SECOND_PAYMENT: _("%(agreed)s came for something that %(earlier)s had paid already; nothing was sold for it."),
    Kind.POSSIBLE_DUPLICATE: _("The same customer had paid for the same offer shortly before, with %(earlier)s."),
    Kind.PAYABLE_GONE: _("%(agreed)s was paid for something that had been deleted from the site."),
    Kind.REFUND_IN_DOUBT: _("Khalti was asked to give back %(refund)s, and it is not known whether it did."),
    Kind.REFUND_WITHOUT_AMOUNT: _("Some of the money went back in Khalti's dashboard; how much has to be entered."),
    Kind.REFUND_CONTRADICTED: _("A late answer of Khalti's says the opposite of what was decided about %(refund)s."),
    Kind.REFUNDED_TOO_MUCH: _("Khalti gave back all of %(agreed)s, so that %(too_much)s too much went back."),
    Kind.DELIVERY_FAILING: _("The site's code keeps failing on “%(news)s” with %(error)s."),
}
"""What happened, by kind. In the words of the person who has to decide."""

RISKS = {
    Kind.DELIVERY_FAILING: KhaltiReview.Risk.NEWS,
    Kind.LATE_PAYMENT: KhaltiReview.Risk.NEWS,
    Kind.SECOND_PAYMENT: KhaltiReview.Risk.MONEY,
    Kind.POSSIBLE_DUPLICATE: KhaltiReview.Risk.MONEY,
    Kind.PAYABLE_GONE: KhaltiReview.Risk.MONEY,
    Kind.REFUND_WITHOUT_AMOUNT: KhaltiReview.Risk.MONEY,
    Kind.REFUNDED_TOO_MUCH: KhaltiReview.Risk.MONEY,
}
"""Of the kinds that are not here it is not certain where the money is."""


TOO_LARGE = 10**17  # paisa: no sum of money, and beyond what decimals are reckoned with


def _amount(said: object) -> str:
    """As Khalti said it, which may be no amount at all."""
    if isinstance(said, int) and not isinstance(said, bool) and abs(said) < TOO_LARGE:
        return format_rupees(said, get_language())
    return "–" if said is None else f"“{said}”"
