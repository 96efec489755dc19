"""Signed messages to other systems, by the Standard Webhooks: sent without anybody waiting, and tried again."""

from wagtail_khalti.webhooks.endpoints import has_endpoint_for
from wagtail_khalti.webhooks.resending import resend_webhook
from wagtail_khalti.webhooks.sending import send_webhooks

__all__ = ["has_endpoint_for", "resend_webhook", "send_webhooks"]
