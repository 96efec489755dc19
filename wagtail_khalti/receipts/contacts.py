"""Whom a customer can ask about a payment."""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured

from wagtail_khalti.conf import configuration


def usual_contact() -> str:
    """Of a site that names none of its own. Never raises."""
    try:
        return configuration().contact
    except ImproperlyConfigured:
        return ""
