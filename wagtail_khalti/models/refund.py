"""Refunds, whichever way they are made."""

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
    """The state of a refund. ``ledger.refund_states`` has the transitions."""

    REQUESTED = "requested", _("Requested")
    """Committed here, its amount reserved; nothing has been sent to Khalti."""
    PROCESSING = "processing", _("Processing")
    """Committed before the request to Khalti, until its response."""
    SUCCEEDED = "succeeded", _("Succeeded")
    """Khalti confirmed it, or a person did."""
    FAILED = "failed", _("Failed")
    """Nothing was refunded: Khalti rejected the refund, or it never reached Khalti."""
    UNCONFIRMED = "unconfirmed", _("Unconfirmed")
    """It may or may not have been made. Never sent again automatically."""
    EXTERNAL = "external", _("Manual")
    """Not made through this site: in Khalti's dashboard, by bank transfer, in cash."""


IN_PROGRESS = frozenset({State.REQUESTED, State.PROCESSING, State.UNCONFIRMED})
DONE = frozenset({State.SUCCEEDED, State.EXTERNAL})


class Method(models.TextChoices):
    """How the refund is made."""

    KHALTI = "khalti", _("Khalti")
    """Through Khalti's API, by this site."""
    DASHBOARD = "dashboard", _("Khalti's dashboard")
    """By a person, there."""
    BANK_TRANSFER = "bank_transfer", _("Bank transfer")
    """Khalti doesn't know of it."""
    CASH = "cash", _("Cash")
    """Likewise."""


AT_KHALTI = frozenset({Method.KHALTI, Method.DASHBOARD})


class KhaltiRefund(OnPrimary):
    """Amounts are in paisa. Only the ledger changes ``state``."""

    State, Method = State, Method

    reference = models.CharField(_("reference"), max_length=32, default=new_reference, editable=False)
    idempotency_key = models.CharField(  # noqa: DJ001 - unique where given
        _("idempotency key"), max_length=MAX_KEY_LENGTH, null=True, blank=True, editable=False
    )
    request_digest = models.CharField(max_length=64, blank=True, editable=False)
    """Of what a program requested with this ``idempotency_key``, as with a payment."""
    payment = models.ForeignKey(
        KhaltiPayment, verbose_name=_("payment"), on_delete=models.PROTECT, related_name="refunds"
    )
    state = models.CharField(_("state"), max_length=16, choices=State.choices, default=State.REQUESTED)
    method = models.CharField(_("method"), max_length=16, choices=Method.choices, default=Method.KHALTI)
    amount = models.BigIntegerField(_("amount (paisa)"), null=True, blank=True)
    """NULL for a partial refund in Khalti's dashboard whose amount nobody has entered; also afterwards, if everything
    had been refunded before outside of Khalti."""
    refundable = models.BigIntegerField(_("refundable balance (paisa)"), null=True, blank=True)
    """Of the payment, after this refund."""

    mobile = models.CharField(_("mobile number"), max_length=20, blank=True)
    """The Khalti account to refund to, if Khalti requires one."""
    reason = models.CharField(_("reason"), max_length=MAX_REASON_LENGTH, blank=True)
    answer = models.CharField(_("response from Khalti"), max_length=500, blank=True)
    """Its message, if there was one."""
    is_accepted = models.BooleanField(_("accepted by Khalti"), default=False)

    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("requested by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    """Who requested it, or recorded it if it is manual. NULL: requested by code, or found at Khalti."""
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    not_seen_at = models.DateTimeField(_("not found at Khalti at"), null=True, blank=True, editable=False)
    """When a lookup after it was sent first showed no refund. One that shows up later may be another refund."""
    resolved_at = models.DateTimeField(_("resolved at"), null=True, blank=True)
    """When its outcome was known."""

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
        indexes = [models.Index(fields=["resolved_at", "state"], name="khalti_refund_resolved")]

    def __str__(self) -> str:
        amount = "–" if self.amount is None else format_rupees(self.amount, get_language())
        return f"{amount} · {self.get_state_display()} · {self.payment}"

    @property
    def is_in_progress(self) -> bool:
        """Whether its outcome is not known yet."""
        return self.state in IN_PROGRESS

    @property
    def is_unconfirmed(self) -> bool:
        """Whether nobody is at work on it and its outcome is unknown. Only then can a person confirm the outcome."""
        return self.state == State.UNCONFIRMED

    @property
    def is_done(self) -> bool:
        """Whether it is known to have been made."""
        return self.state in DONE

    @property
    def lacks_amount(self) -> bool:
        """Whether a person has to enter its amount."""
        return self.amount is None and self.resolved_at is None

    @property
    def is_at_khalti(self) -> bool:
        """Whether Khalti's own figures include it."""
        return self.method in AT_KHALTI

    @property
    def masked_mobile(self) -> str:
        """``98XXXXX001``."""
        return masked(self.mobile)
