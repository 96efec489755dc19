"""Checks of rate limits, and of the forms and functions of the site's own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning  # noqa: A004 - Django's own name
from django.core.exceptions import ImproperlyConfigured

from wagtail_khalti.conf import Configuration, configuration, own_function
from wagtail_khalti.public.checkout.forms import checkout_form


def check_visitors(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """The form can be created, and visitors distinguished."""
    try:
        known = configuration()
    except ImproperlyConfigured:
        return []  # E001 reports it
    return [*_form(), *_functions(known), *_proxies(known)]


def _form() -> list[CheckMessage]:
    try:
        checkout_form()
    except ImproperlyConfigured as error:
        hint = "It is a dotted path, such as shop.forms.CheckoutForm."
        return [Error(str(error), hint=hint, id="wagtail_khalti.E021")]
    return []


def _functions(known: Configuration) -> Iterator[CheckMessage]:
    for option in known.functions:
        try:
            own_function(option)
        except ImproperlyConfigured as error:
            hint = "It is a dotted path to a function, such as shop.payments.change_receipt."
            yield Error(str(error), hint=hint, id="wagtail_khalti.E026")


def _proxies(known: Configuration) -> list[CheckMessage]:
    is_behind_one = settings.USE_X_FORWARDED_HOST or settings.SECURE_PROXY_SSL_HEADER
    if not known.rate_limits or known.trusted_proxies or not is_behind_one:
        return []
    return [
        Warning(
            "This site is behind a proxy, and all visitors seem to have the proxy's address.",
            hint='Set WAGTAIL_KHALTI["TRUSTED_PROXIES"] = 1, or the number of your own proxies that a request passes, '
            'or "RATE_LIMITS": None.',
            id="wagtail_khalti.W022",
        )
    ]
