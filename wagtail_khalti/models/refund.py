"""Money that goes back, by whichever way."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from wagtail_khalti.database.primary import OnPrimary
from wagtail_khalti.models.payment import KhaltiPayment
from wagtail_khalti.models.queries import KhaltiRefundQuerySet
from wagtail_khalti.models.references import masked, new_reference
from wagtail_khalti.money import format_rupees

MAX_REASON_LENGTH, MAX_KEY_LENGTH = 255, 128  # characters


class State(models.TextChoices):
    """How far a refund has come. ``actions.refund_states`` says how it moves on."""

    REQUESTED = "requested", _("Requested")
    """Committed here, its amount set aside; Khalti has not been asked for it."""
    PROCESSING = "processing", _("Processing")
    """Committed before Khalti is asked; the answer is awaited."""
    SUCCEEDED = "succeeded", _("Succeeded")
    """Khalti confirmed it, or a person did."""
    FAILED = "failed", _("Failed")
    """Nothing went back: Khalti said no, or never heard of it."""
    UNCONFIRMED = "unconfirmed", _("Unconfirmed")
    """It may or may not have happened. Never sent again by itself."""
    EXTERNAL = "external", _("Manual")
    """Not made here: in Khalti's dashboard, by bank transfer, in cash."""


IN_PROGRESS = frozenset({State.REQUESTED, State.PROCESSING, State.UNCONFIRMED})
DONE = frozenset({State.SUCCEEDED, State.EXTERNAL})


class Method(models.TextChoices):
    """How the money goes back."""

    KHALTI = "khalti", _("Khalti")
    """We ask Khalti for it."""
    DASHBOARD = "dashboard", _("Khalti's dashboard")
    """Somebody pressed a button there."""
    BANK_TRANSFER = "bank_transfer", _("Bank transfer")
    """Past Khalti, which knows nothing of it."""
    CASH = "cash", _("Cash")
    """Likewise."""


AT_KHALTI = frozenset({Method.KHALTI, Method.DASHBOARD})


class KhaltiRefund(OnPrimary):
    """Amounts are in paisa. Only ``actions`` change ``state``."""

    State, Method = State, Method

    reference = models.CharField(_("reference"), max_length=32, default=new_reference, editable=False)
    idempotency_key = models.CharField(  # noqa: DJ001 - unique where given
        _("idempotency key"), max_length=MAX_KEY_LENGTH, null=True, blank=True, editable=False
    )
    payment = models.ForeignKey(
        KhaltiPayment, verbose_name=_("payment"), on_delete=models.PROTECT, related_name="refunds"
    )
    state = models.CharField(_("state"), max_length=16, choices=State.choices, default=State.REQUESTED)
    method = models.CharField(_("method"), max_length=16, choices=Method.choices, default=Method.KHALTI)
    amount = models.BigIntegerField(_("amount (paisa)"), null=True, blank=True)
    """NULL where some of the money went back in Khalti's dashboard and nobody has entered how much; also afterwards
    where all had been given back before, past Khalti."""
    refundable = models.BigIntegerField(_("remaining (paisa)"), null=True, blank=True)
    """What was left of the payment once this was given back."""

    mobile = models.CharField(_("mobile number"), max_length=20, blank=True)
    """The Khalti account that gets the money, where Khalti has to be told."""
    reason = models.CharField(_("reason"), max_length=MAX_REASON_LENGTH, blank=True)
    answer = models.CharField(_("Khalti's answer"), max_length=500, blank=True)
    """In its words, where it said any."""
    is_accepted = models.BooleanField(_("Khalti said yes"), default=False)

    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("requested by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    """The person; for a refund made elsewhere who recorded it. NULL: code, or found at Khalti."""
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    not_seen_at = models.DateTimeField(_("not seen at"), null=True, blank=True, editable=False)
    """When a lookup first said, after it was sent, that nothing had gone back. What went back later may be another."""
    resolved_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    """When it was known what became of it."""
    notice_due_at = models.DateTimeField(_("customer to be told at"), null=True, blank=True, editable=False)
    """When the mail about it is to be sent, or tried again; NULL where none is owed, or it was sent."""

    objects: ClassVar = KhaltiRefundQuerySet.as_manager()

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__isnull=False, amount__gt=0) | Q(amount__isnull=True, state="external"),
                name="khalti_refund_amount_positive",
            ),
            models.CheckConstraint(
                condition=Q(refundable=None) | Q(refundable__gte=0), name="khalti_refund_refundable"
            ),
            models.CheckConstraint(condition=Q(state__in=State.values), name="khalti_refund_state_known"),
            models.CheckConstraint(condition=Q(method__in=Method.values), name="khalti_refund_method_known"),
            models.UniqueConstraint(fields=["reference"], name="khalti_refund_reference_unique"),
            models.UniqueConstraint(fields=["idempotency_key"], name="khalti_refund_idempotency_unique"),
        ]
        indexes = [
            models.Index(fields=["resolved_at", "state"], name="khalti_refund_decided"),
            models.Index(fields=["notice_due_at", "id"], name="khalti_refund_notice"),
        ]

    def __str__(self) -> str:
        amount = "–" if self.amount is None else format_rupees(self.amount, get_language())
        return f"{amount} · {self.get_state_display()} · {self.payment}"

    @property
    def is_in_progress(self) -> bool:
        """Whether it is still to be found out what became of it."""
        return self.state in IN_PROGRESS

    @property
    def is_done(self) -> bool:
        """Whether the money went back for certain."""
        return self.state in DONE

    @property
    def lacks_amount(self) -> bool:
        """Whether somebody has to enter how much it was."""
        return self.amount is None and self.resolved_at is None

    @property
    def is_at_khalti(self) -> bool:
        """Whether Khalti's own figures know of it."""
        return self.method in AT_KHALTI

    @property
    def masked_mobile(self) -> str:
        """``98XXXXX001``."""
        return masked(self.mobile)
