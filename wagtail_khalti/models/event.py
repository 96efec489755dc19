"""The timeline of a payment: append-only, except that repeated events are counted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, NoReturn, Self

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wagtail_khalti.database.primary import OnPrimary
from wagtail_khalti.models.payment import KhaltiPayment
from wagtail_khalti.models.queries import KhaltiEventQuerySet

MAX_NOTE_LENGTH = 1000  # characters


class KhaltiEvent(OnPrimary):
    """``data`` is built from allow-lists of fields and never holds an API key."""

    class Kind(models.TextChoices):
        """What happened."""

        CREATED = "created", _("Payment created")
        """The row was committed."""
        INITIATE_SENT = "initiate_sent", _("Sent to Khalti")
        """Committed before the request went out."""
        INITIATED = "initiated", _("Payment link created")
        """Khalti's response to that request."""
        INITIATE_REJECTED = "initiate_rejected", _("Rejected by Khalti")
        """With Khalti's error message."""
        NO_ANSWER = "no_answer", _("No usable response from Khalti")
        """The outcome of the request is unknown."""
        RETURNED = "returned", _("Visitor returned")
        """With the parameters of the callback, which are never trusted."""
        CANCEL_REQUESTED = "cancel_requested", _("Cancelled by the customer on the site")
        """Through the JSON API. Khalti can't be told: the payment stays as it is until a lookup reports its end."""
        LOOKED_UP = "looked_up", _("Checked with Khalti")
        """With the lookup's response."""
        STATUS_CHANGED = "status_changed", _("Status changed")
        """From one status to another."""
        OUTDATED = "outdated", _("Outdated response ignored")
        """A newer one had been applied already."""
        CONTRADICTION = "contradiction", _("Contradictory response from Khalti")
        """The status did not change; an issue is open."""
        REFUND_REQUESTED = "refund_requested", _("Refund requested")
        """Its amount is reserved; nothing has been sent to Khalti."""
        REFUND_SENT = "refund_sent", _("Refund sent to Khalti")
        """Committed before the request went out."""
        REFUND_ACCEPTED = "refund_accepted", _("Refund accepted by Khalti")
        """A lookup has yet to confirm it."""
        REFUND_SUCCEEDED = "refund_succeeded", _("Refund succeeded")
        """Confirmed by a lookup, or by the person named."""
        REFUND_FAILED = "refund_failed", _("Refund failed")
        """Likewise; or rejected by Khalti, with its error message."""
        REFUND_RECORDED = "refund_recorded", _("Refund recorded")
        """Made outside of this site: found at Khalti, or recorded by the person named."""
        DELIVERY_FAILED = "delivery_failed", _("Site integration error")
        """A receiver raised an exception; its transaction was rolled back."""
        DELIVERY_RETRIED = "delivery_retried", _("Delivery retried")
        """By a person, before the next automatic attempt."""
        ISSUE_RESOLVED = "issue_resolved", _("Issue resolved")
        """By a person, or automatically."""
        RECEIPT_SENT = "receipt_sent", _("Receipt sent by e-mail")
        """Handed to the mail server: automatically after the payment, or by a person."""
        REFUND_NOTICE_SENT = "refund_notice_sent", _("Refund notice sent by e-mail")
        """Likewise: automatically after a refund, if a receipt had been sent."""
        REMINDER_SENT = "reminder_sent", _("Reminder sent by e-mail")
        """Likewise: automatically when the payment link had expired."""
        LINK_SENT = "link_sent", _("Link to finish the payment sent by e-mail")
        """Likewise: automatically after Khalti was unavailable."""
        SALE_MAIL_SENT = "sale_mail_sent", _("Organiser informed by e-mail")
        """Likewise: of this sale, in a mail that may report others as well."""
        WEBHOOK_FAILED = "webhook_failed", _("Webhook not delivered")
        """To the endpoint named: given up after the last attempt, or the endpoint is gone."""
        WEBHOOK_RESENT = "webhook_resent", _("Webhook sent again")
        """By a person."""
        NOTE_ADDED = "note_added", _("Note")
        """Written by a person."""

    class Actor(models.TextChoices):
        """Who caused it."""

        VISITOR = "visitor", _("Visitor")
        """The person who pays."""
        SYSTEM = "system", _("System")
        """Our own code, or the site's."""
        STAFF = "staff", _("Staff")
        """A person named in ``user``."""

    payment = models.ForeignKey(
        KhaltiPayment, verbose_name=_("payment"), on_delete=models.PROTECT, related_name="events"
    )
    kind = models.CharField(_("kind"), max_length=32, choices=Kind.choices)
    at = models.DateTimeField(_("at"))
    actor = models.CharField(_("actor"), max_length=16, choices=Actor.choices)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("user"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    data = models.JSONField(_("data"), default=dict, blank=True)
    count = models.PositiveIntegerField(_("count"), default=1, editable=False)
    """How often it happened. ``KhaltiEvent.objects.add`` counts an event that repeats one of the last few."""
    last_at = models.DateTimeField(_("last at"), null=True, blank=True, editable=False)
    """When it last happened, if more than once."""

    objects: ClassVar = KhaltiEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment event")
        verbose_name_plural = _("payment events")
        ordering = ["at", "pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.at:%Y-%m-%d %H:%M:%S})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("The timeline of a payment is never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("The timeline of a payment is never deleted")

    def repeats(self, other: KhaltiEvent) -> bool:
        """Whether nothing but the time differs."""
        return all(getattr(self, name) == getattr(other, name) for name in ("kind", "actor", "user_id", "data"))

    @classmethod
    def about(
        cls,
        payment: KhaltiPayment,
        kind: Kind,
        *,
        actor: Actor = Actor.SYSTEM,
        by: AbstractBaseUser | None = None,
        data: Mapping[str, Any] | None = None,
    ) -> Self:
        """An unsaved event, at the current time. ``by`` is the person who acted, if any."""
        return cls(
            payment=payment,
            kind=kind,
            at=timezone.now(),
            actor=cls.Actor.STAFF if by else actor,
            user=by,
            data=dict(data or {}),
        )
