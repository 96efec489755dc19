"""A message to another system that is to be sent, or was."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from wagtail_khalti.database.primary import OnPrimary
from wagtail_khalti.models.delivery import KhaltiDelivery
from wagtail_khalti.models.webhooks.queries import KhaltiWebhookMessageQuerySet
from wagtail_khalti.models.webhooks.states import MessageState

ID_LENGTH = 27  # characters: 160 bits


def new_message_id() -> str:
    """The receiver recognises a repeated message by it."""
    return f"msg_{get_random_string(ID_LENGTH)}"


class KhaltiWebhookMessage(OnPrimary):
    """One event for one endpoint. Its text is written once, and is the same in every attempt."""

    State = MessageState

    message_id = models.CharField(_("message ID"), max_length=40, unique=True, default=new_message_id, editable=False)
    endpoint = models.CharField(_("endpoint"), max_length=64)
    """Its name in the settings."""
    delivery = models.ForeignKey(
        KhaltiDelivery,
        verbose_name=_("delivery"),
        on_delete=models.PROTECT,
        related_name="webhook_messages",
        db_index=False,
    )
    """The event that the site's own receivers got."""
    body = models.TextField(_("body"), editable=False)
    """JSON, without personal data."""

    state = models.CharField(_("state"), max_length=16, choices=State.choices, default=State.PENDING)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    due_at = models.DateTimeField(_("due at"), null=True, blank=True)
    """When it is sent, or tried again; NULL if it isn't pending."""
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    """Since it was written, or since a person last sent it again."""
    attempted_at = models.DateTimeField(_("last attempt at"), null=True, blank=True)
    delivered_at = models.DateTimeField(_("delivered at"), null=True, blank=True)
    last_status = models.PositiveSmallIntegerField(_("last HTTP status"), null=True, blank=True)
    """Of the endpoint's last response. Nothing else of a response is kept."""
    last_error = models.CharField(_("last error"), max_length=100, blank=True)
    """The class of the exception, if there was no response."""
    gone_url = models.CharField(_("fingerprint of the URL that is gone"), max_length=16, blank=True, editable=False)
    """Of the URL that answered 410. If the settings have another one, the message is sent."""

    objects: ClassVar = KhaltiWebhookMessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook message")
        verbose_name_plural = _("webhook messages")
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["delivery", "endpoint"], name="khalti_webhook_one_for_endpoint"),
            models.CheckConstraint(
                condition=models.Q(state__in=MessageState.values), name="khalti_webhook_state_known"
            ),
        ]
        indexes = [models.Index(fields=["state", "endpoint", "due_at", "id"], name="khalti_webhook_due")]

    def __str__(self) -> str:
        return f"{self.endpoint}: {self.message_id}"

    @property
    def is_failing(self) -> bool:
        """Whether the last attempt failed."""
        is_accepted = self.state == self.State.DELIVERED
        return not is_accepted and (self.last_status is not None or bool(self.last_error))
