"""The outbox: events for the site's receivers, stored until they are delivered."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wagtail_khalti.database.primary import OnPrimary
from wagtail_khalti.models.issue import KhaltiIssue
from wagtail_khalti.models.payment import KhaltiPayment
from wagtail_khalti.models.queries import KhaltiDeliveryQuerySet
from wagtail_khalti.models.refund import KhaltiRefund

# The process that wrote the event delivers it at once, and has this long to begin; then any other process may.
HEAD_START = timedelta(minutes=1)


def first_retry() -> datetime:
    """When another process may deliver it."""
    return timezone.now() + HEAD_START


class KhaltiDelivery(OnPrimary):
    """Written in the transaction of the change it reports; marked in the transaction in which the receivers ran."""

    class EventType(models.TextChoices):
        """Which signal is sent."""

        COMPLETED = "completed", _("Payment completed")
        """``payment_completed``"""
        REFUNDED = "refunded", _("Payment refunded")
        """``payment_refunded``"""
        ENDED = "ended", _("Payment ended")
        """``payment_ended``"""
        NEEDS_ATTENTION = "needs_attention", _("Payment needs attention")
        """``payment_needs_attention``"""

    payment = models.ForeignKey(
        KhaltiPayment, verbose_name=_("payment"), on_delete=models.PROTECT, related_name="deliveries"
    )
    event_type = models.CharField(_("event"), max_length=32, choices=EventType.choices)
    issue = models.ForeignKey(
        KhaltiIssue, verbose_name=_("issue"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    """For ``needs_attention``."""
    refund = models.ForeignKey(
        KhaltiRefund, verbose_name=_("refund"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    """For ``refunded``."""

    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    delivered_at = models.DateTimeField(_("delivered at"), null=True, blank=True)
    next_try_at = models.DateTimeField(_("next attempt at"), null=True, blank=True, default=first_retry)
    """When it is next tried automatically; NULL once it is delivered."""
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    last_error = models.CharField(_("last error"), max_length=500, blank=True)
    mails_due_at = models.DateTimeField(_("mails due at"), null=True, blank=True, editable=False)
    """Set when it is delivered, until the mails that follow from it are queued. So they cost the visitor no query."""
    webhooks_due_at = models.DateTimeField(_("webhooks due at"), null=True, blank=True, editable=False)
    """Likewise for webhooks, if an endpoint in the settings is told of this type of event."""

    objects: ClassVar = KhaltiDeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["pk"]
        default_permissions = ()
        indexes = [
            models.Index(fields=["next_try_at", "id"], name="khalti_delivery_due"),
            models.Index(fields=["mails_due_at", "id"], name="khalti_delivery_mails"),
            models.Index(fields=["webhooks_due_at", "id"], name="khalti_delivery_webhooks"),
        ]

    def unmarked(self) -> KhaltiDeliveryQuerySet:
        """This row, if it is not delivered yet."""
        return KhaltiDelivery.objects.undelivered().filter(pk=self.pk)

    def __str__(self) -> str:
        return f"{self.get_event_type_display()}: {self.payment}"
