"""Checks of ``WAGTAIL_KHALTI``."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning  # noqa: A004 - Django's own name
from django.core.exceptions import ImproperlyConfigured

from wagtail_khalti.conf import (
    Configuration,
    Merchant,
    Mode,
    configuration,
    read,
)
from wagtail_khalti.gateway.client import is_sendable
from wagtail_khalti.options import MERCHANT_OPTIONS, OPTIONS, more_merchants, raw_options
from wagtail_khalti.text.web_addresses import is_web_root

SIMULATOR = "wagtail_khalti.simulator"
MODE_OF_HOST = {"khalti.com": Mode.LIVE, "dev.khalti.com": Mode.SANDBOX, "a.khalti.com": Mode.SANDBOX}

# Fingerprints (SHA-256) of the keys in Khalti's documentation: they belong to somebody else's test account.
SAMPLE_KEYS = frozenset(
    {
        "e6a47a7ad30c0a8ad8c439be6c9f7e002ba0ec54ecd4ad6b7cfdf3e038d856ed",
        "e3359862077b8d42982d7c30d1ff41de62ded6c1a4c77c337de566c9ce4f2f64",
        "682f0a78c317693302df0a5869dc753ca979a04b026695803b2dc0c940e58471",
        "4cd17428a2dfcee16080d9fb2a8c028c052a9f571276d8be0557daa189cfcc55",
    }
)


def check_configuration(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """All checks of ``WAGTAIL_KHALTI`` that need no request to Khalti."""
    try:
        options = raw_options()
        messages = list(_unknown_names(options))
        known = read(options)
    except ImproperlyConfigured as error:
        return [Error(str(error), hint="See the settings page of the manual.", id="wagtail_khalti.E001")]

    for merchant in known.merchants.values():
        messages += [*_key(merchant), *_mode(merchant), *_url(merchant)]
    messages += _return_address(known)
    return messages


def check_test_money(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """For deployment: orders paid with test money are fulfilled like real ones."""
    return [] if settings.DEBUG else [message for merchant in merchants() for message in _test_money(merchant)]


def merchants() -> Collection[Merchant]:
    """From the settings; empty if these can't be read, which E001 reports."""
    try:
        return configuration().merchants.values()
    except ImproperlyConfigured:
        return ()


def _test_money(merchant: Merchant) -> Iterator[CheckMessage]:
    message = (
        f"The merchant {merchant.name!r} is in {merchant.mode} mode: orders are fulfilled although no money moves."
    )
    hint = 'Set WAGTAIL_KHALTI["MODE"] = "live" and the live key. On a test site, receivers should check is_test.'
    if merchant.mode == Mode.SIMULATOR:
        yield Error(message, hint=hint, id="wagtail_khalti.E011")
    elif merchant.mode == Mode.SANDBOX:
        yield Warning(message, hint=hint, id="wagtail_khalti.W011")


def _unknown_names(options: Mapping[str, Any]) -> Iterator[CheckMessage]:
    sections: dict[str, tuple[Mapping[str, Any], tuple[str, ...]]] = {'WAGTAIL_KHALTI["{}"]': (options, OPTIONS)}
    for name, given in more_merchants(options).items():
        sections[f'WAGTAIL_KHALTI["MERCHANTS"]["{name}"]["{{}}"]'] = (given, MERCHANT_OPTIONS)
    for section, (given, known) in sections.items():
        for name in [name for name in given if name not in known]:
            resembling = next(iter(get_close_matches(str(name).upper(), known, n=1)), "")
            hint = f'Did you mean "{resembling}"?' if resembling else f"Known options: {', '.join(known)}."
            yield Error(f"{section.format(name)} is not an option.", hint=hint, id="wagtail_khalti.E002")


def _key(merchant: Merchant) -> Iterator[CheckMessage]:
    if not merchant.secret_key:
        yield Error(
            f"The merchant {merchant.name!r} has no secret key.",
            hint='Set WAGTAIL_KHALTI["SECRET_KEY"] from the environment: os.environ["KHALTI_SECRET_KEY"].',
            id="wagtail_khalti.E003",
        )
    elif not is_sendable(merchant.secret_key):
        yield Error(
            f"The secret key of the merchant {merchant.name!r} has characters that a key can't have.",
            hint="Copy it again, as plain text.",
            id="wagtail_khalti.E003",
        )
    elif hashlib.sha256(merchant.secret_key.encode()).hexdigest() in SAMPLE_KEYS:
        yield Error(
            f"The secret key of the merchant {merchant.name!r} is the sample key of Khalti's documentation.",
            hint="It belongs to somebody else. Use your own from test-admin.khalti.com (sandbox) "
            "or admin.khalti.com (live).",
            id="wagtail_khalti.E004",
        )


def _mode(merchant: Merchant) -> Iterator[CheckMessage]:
    if merchant.mode != Mode.LIVE:
        return
    if settings.DEBUG:
        yield Error(
            f"The merchant {merchant.name!r} receives real money while DEBUG is on.",
            hint='Set DEBUG = False, or WAGTAIL_KHALTI["MODE"] = "sandbox".',
            id="wagtail_khalti.E005",
        )
    if apps.is_installed(SIMULATOR):
        yield Error(
            f"The merchant {merchant.name!r} receives real money while the simulator is installed.",
            hint=f'Remove "{SIMULATOR}" from INSTALLED_APPS.',
            id="wagtail_khalti.E006",
        )


def _url(merchant: Merchant) -> Iterator[CheckMessage]:
    schemes = ("https",) if merchant.mode == Mode.LIVE else ("https", "http")
    if not is_web_root(merchant.api_url, schemes=schemes) or "/api/" in f"{merchant.api_url}/":
        yield Error(
            f"The API_URL of the merchant {merchant.name!r} is {merchant.api_url!r}.",
            hint="It is the root of the API host, such as https://khalti.com: "
            "no path /api/v2, no query, and https in live mode.",
            id="wagtail_khalti.E007",
        )
    elif MODE_OF_HOST.get(urlsplit(merchant.api_url).hostname or "", merchant.mode) != merchant.mode:
        yield Error(
            f"The merchant {merchant.name!r} is in {merchant.mode} mode, but its API_URL is that of another mode.",
            hint="Remove API_URL: each mode has a default.",
            id="wagtail_khalti.E007",
        )


def _return_address(known: Configuration) -> Iterator[CheckMessage]:
    is_live = any(merchant.mode == Mode.LIVE for merchant in known.merchants.values())
    address = known.base_url
    if address and not is_web_root(address, schemes=("https",) if is_live else ("https", "http")):
        yield Error(
            f"Khalti would send visitors back to {address}.",
            hint='WAGTAIL_KHALTI["BASE_URL"] is the address of the site, such as "https://shop.example": '
            "no query, and https in live mode.",
            id="wagtail_khalti.E008",
        )
    elif is_live and not address and not _site_knows_https():
        yield Warning(
            "In live mode Khalti may send visitors back to an unencrypted address.",
            hint='Set WAGTAIL_KHALTI["BASE_URL"], or SECURE_PROXY_SSL_HEADER, or SECURE_SSL_REDIRECT.',
            id="wagtail_khalti.W008",
        )


def _site_knows_https() -> bool:
    return bool(settings.SECURE_SSL_REDIRECT or settings.SECURE_PROXY_SSL_HEADER)
