"""A matter that only a person can decide."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from wagtail_khalti.models.payment import KhaltiPayment
from wagtail_khalti.models.queries import KhaltiReviewQuerySet


class KhaltiReview(models.Model):
    """Open until a person closes it. One of a kind is open for a payment at a time."""

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

    payment = models.ForeignKey(
        KhaltiPayment, verbose_name=_("payment"), on_delete=models.PROTECT, related_name="reviews", db_index=False
    )
    kind = models.CharField(_("kind"), max_length=32, choices=Kind.choices)
    evidence = models.JSONField(_("evidence"), default=dict, blank=True)
    opened_at = models.DateTimeField(_("opened at"), auto_now_add=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    is_open = models.BooleanField(_("open"), null=True, blank=True, default=True, editable=False)
    """True or NULL: MariaDB has no partial unique index, but everywhere NULLs may repeat in a unique one."""

    objects = KhaltiReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        ordering = ["-opened_at", "-pk"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["payment", "kind", "is_open"], name="khalti_review_one_open"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.payment}"
