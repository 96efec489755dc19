"""``WAGTAIL_KHALTI`` as the site wrote it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

DEFAULT_MERCHANT = "default"
SHARED_OPTIONS = ("MODE", "TIMEOUT", "MAX_AMOUNT")
"""Options of the top level that are the defaults of all merchants."""
FUNCTIONS = ("RATE_LIMITER", "RECEIPT")
"""Dotted paths to functions of the site's own."""
MERCHANT_OPTIONS = (*SHARED_OPTIONS, "SECRET_KEY", "API_URL")
OPTIONS = (
    *MERCHANT_OPTIONS,
    "MERCHANTS",
    "BASE_URL",
    "CONTACT",
    "RECONCILE_EVERY",
    "MAX_WAIT",
    "RATE_LIMITS",
    "TRUSTED_PROXIES",
    "CHECKOUT_FORM",
    "REDIRECT_HOSTS",
    *FUNCTIONS,
    "RECEIPT_NUMBERS",
    "WEBHOOKS",
    "KEEP_PERSONAL_DATA",
)


def raw_options() -> Mapping[str, Any]:
    """The dict as it is in the site's settings, for the system checks."""
    options = getattr(settings, "WAGTAIL_KHALTI", {})
    if not isinstance(options, Mapping):
        raise ImproperlyConfigured('WAGTAIL_KHALTI must be a dict, such as {"MODE": "sandbox", …}.')
    return options


def more_merchants(options: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """The value of ``MERCHANTS``."""
    merchants = options.get("MERCHANTS", {})
    if not isinstance(merchants, Mapping) or not all(isinstance(given, Mapping) for given in merchants.values()):
        raise ImproperlyConfigured('WAGTAIL_KHALTI["MERCHANTS"] must be a dict of dicts.')
    return merchants


def merchant_options(options: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The options of each merchant by name. The top level is the default merchant, with defaults for the others."""
    shared = {name: options[name] for name in SHARED_OPTIONS if name in options}
    own = {name: options[name] for name in MERCHANT_OPTIONS if name in options}
    named: dict[str, Mapping[str, Any]] = {name: {**shared, **given} for name, given in more_merchants(options).items()}
    return {DEFAULT_MERCHANT: own, **named} if "SECRET_KEY" in own or not named else named
