"""Other systems that are told of payments: their addresses, and the secrets that sign what they are told."""

from wagtail_khalti.webhook_endpoints.endpoint import Endpoint
from wagtail_khalti.webhook_endpoints.reading import read_webhooks

__all__ = ["Endpoint", "read_webhooks"]
