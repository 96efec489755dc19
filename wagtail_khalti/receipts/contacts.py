"""The contact for questions about a payment."""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured

from wagtail_khalti.conf import configuration


def default_contact() -> str:
    """The contact of sites whose settings have none. Never raises."""
    try:
        return configuration().contact
    except ImproperlyConfigured:
        return ""
