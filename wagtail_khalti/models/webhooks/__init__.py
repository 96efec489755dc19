"""Messages to other systems: those that are to be sent, and those that were."""

from wagtail_khalti.models.webhooks.message import KhaltiWebhookMessage
from wagtail_khalti.models.webhooks.waiting import announce_webhooks, take_announcement

__all__ = ["KhaltiWebhookMessage", "announce_webhooks", "take_announcement"]
