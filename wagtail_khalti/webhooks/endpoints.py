"""The endpoints in the settings, and which of them is told of what."""

from __future__ import annotations

from collections.abc import Mapping

from django.core.exceptions import ImproperlyConfigured

from wagtail_khalti.conf import configuration
from wagtail_khalti.models import KhaltiDelivery
from wagtail_khalti.webhook_endpoints import Endpoint

EVENT_NAMES: Mapping[str, str] = {
    KhaltiDelivery.EventType.COMPLETED: "payment.completed",
    KhaltiDelivery.EventType.REFUNDED: "payment.refunded",
    KhaltiDelivery.EventType.ENDED: "payment.ended",
    KhaltiDelivery.EventType.NEEDS_ATTENTION: "payment.needs_attention",
}
"""What other systems call our types of events."""


def endpoints() -> Mapping[str, Endpoint]:
    """By name; empty if the settings can't be read, which the system checks report."""
    try:
        return configuration().webhooks
    except ImproperlyConfigured:
        return {}


def has_endpoint_for(event_type: str) -> bool:
    """Whether any is told of this type of event. Without a query."""
    return any(EVENT_NAMES[event_type] in endpoint.events for endpoint in endpoints().values())
