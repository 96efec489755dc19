"""The history of a payment: added to, never changed but for counting what is repeated."""

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
    """``data`` is built from lists of allowed fields and never holds a key."""

    class Kind(models.TextChoices):
        """What happened."""

        CREATED = "created", _("Payment created")
        """The row was committed."""
        INITIATE_SENT = "initiate_sent", _("Sent to Khalti")
        """Committed before the request went out."""
        INITIATED = "initiated", _("Payment link created")
        """Khalti's answer to it."""
        INITIATE_REJECTED = "initiate_rejected", _("Khalti refused")
        """A clear no, with Khalti's words."""
        NO_ANSWER = "no_answer", _("No usable response from Khalti")
        """Nothing was learned."""
        RETURNED = "returned", _("Visitor returned")
        """The browser's hints, believed by no one."""
        LOOKED_UP = "looked_up", _("Checked with Khalti")
        """What a lookup said."""
        STATUS_CHANGED = "status_changed", _("Status changed")
        """From one status to another."""
        OUTDATED = "outdated", _("Outdated response ignored")
        """A newer answer had been applied already."""
        CONTRADICTION = "contradiction", _("Response doesn't match the payment")
        """Nothing moved; a review is open."""
        REFUND_REQUESTED = "refund_requested", _("Refund requested")
        """Its amount is set aside; Khalti has not been asked for it."""
        REFUND_SENT = "refund_sent", _("Refund sent to Khalti")
        """Committed before the request went out."""
        REFUND_ACCEPTED = "refund_accepted", _("Khalti accepted the refund")
        """Its answer; a lookup has yet to confirm it."""
        REFUND_SUCCEEDED = "refund_succeeded", _("Refund succeeded")
        """By evidence, or by the word of the person named."""
        REFUND_FAILED = "refund_failed", _("Refund failed")
        """Likewise; or Khalti refused it, in the words given."""
        REFUND_RECORDED = "refund_recorded", _("Manual refund recorded")
        """Found at Khalti, or recorded by the person named."""
        DELIVERY_FAILED = "delivery_failed", _("Delivery failed")
        """A receiver raised; its work was undone."""
        DELIVERY_RETRIED = "delivery_retried", _("Delivery retried")
        """Somebody did not wait for the next try."""
        ISSUE_RESOLVED = "issue_resolved", _("Issue resolved")
        """By a person, or by what came later."""
        RECEIPT_SENT = "receipt_sent", _("Receipt sent by e-mail")
        """Handed to the mail server; by itself after the payment, or because a person asked for it."""
        REFUND_NOTICE_SENT = "refund_notice_sent", _("Refund notice sent by e-mail")
        """Likewise, by itself after a refund, where a receipt had been sent."""
        NOTE_ADDED = "note_added", _("Note")
        """In a person's own words."""

    class Actor(models.TextChoices):
        """Who made it happen, where it wasn't a signed-in person."""

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
    count = models.PositiveIntegerField(_("times"), default=1, editable=False)
    """How often it happened. Only ``KhaltiEvent.objects.add`` counts, what says the same as one of the last few."""
    last_at = models.DateTimeField(_("last at"), null=True, blank=True, editable=False)
    """The last of several times."""

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
            raise TypeError("The history of a payment is never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("The history of a payment is never deleted")

    def says_the_same_as(self, other: KhaltiEvent) -> bool:
        """Whether nothing but the moment differs."""
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
        """An event of now, not saved yet. ``by`` is the person, where one acted."""
        return cls(
            payment=payment,
            kind=kind,
            at=timezone.now(),
            actor=cls.Actor.STAFF if by else actor,
            user=by,
            data=dict(data or {}),
        )
