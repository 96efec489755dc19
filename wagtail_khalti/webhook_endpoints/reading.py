"""Read ``WEBHOOKS``; ``ImproperlyConfigured`` says what is valid, without the URL and the secret."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from ipaddress import ip_address
from types import MappingProxyType
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.core.exceptions import ImproperlyConfigured

from wagtail_khalti.webhook_endpoints.endpoint import Endpoint

EVENTS = ("payment.completed", "payment.refunded", "payment.ended", "payment.needs_attention")
OPTIONS = ("URL", "SECRET", "EVENTS")
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")  # stored with each message; MariaDB takes "CRM" for "crm"
SECRET_PREFIX = "whsec_"  # noqa: S105 - what a secret begins with
MIN_SECRET_LENGTH = 24  # bytes, by the standard


def read_webhooks(value: Any) -> Mapping[str, Endpoint]:
    """By name. Raises ``ImproperlyConfigured``."""
    if not isinstance(value, Mapping) or not all(isinstance(given, Mapping) for given in value.values()):
        raise ImproperlyConfigured(
            'WAGTAIL_KHALTI["WEBHOOKS"] must be a dict of dicts, such as '
            '{"crm": {"URL": "https://crm.example/khalti", "SECRET": os.environ["CRM_WEBHOOK_SECRET"]}}.'
        )
    return MappingProxyType({name: _endpoint(name, given) for name, given in value.items()})


def _endpoint(name: Any, options: Mapping[str, Any]) -> Endpoint:
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise ImproperlyConfigured(
            f'WAGTAIL_KHALTI["WEBHOOKS"] has the name {name!r}: use up to 64 lower-case letters, digits, - and _.'
        )
    where = f'WAGTAIL_KHALTI["WEBHOOKS"]["{name}"]'
    if unknown := [option for option in options if option not in OPTIONS]:
        raise ImproperlyConfigured(f"{where} has the unknown option {unknown[0]!r}; it takes: {', '.join(OPTIONS)}.")
    return Endpoint(
        name=name,
        url=_url(options.get("URL"), where),
        secrets=_secrets(options.get("SECRET"), where),
        events=_events(options.get("EVENTS", EVENTS), where),
    )


def _url(value: Any, where: str) -> str:
    url = value.strip() if isinstance(value, str) else ""
    try:
        parts = urlsplit(url)
        is_address = bool(parts.hostname) and (parts.port is None or parts.port > 0)  # raises if it isn't a number
    except ValueError:
        is_address = False
    if not is_address or not re.fullmatch(r"[!-~]+", url) or parts.fragment or "@" in parts.netloc:
        raise ImproperlyConfigured(
            f'{where}["URL"] must be an address such as "https://crm.example/khalti": '
            "no user name, no fragment, no spaces."
        )
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(parts)):
        raise ImproperlyConfigured(f'{where}["URL"] must begin with "https://", except on your own machine.')
    return url


def _is_loopback(parts: SplitResult) -> bool:
    """Whether it is an address of the same machine."""
    host = parts.hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _secrets(value: Any, where: str) -> tuple[bytes, ...]:
    given = list(value) if isinstance(value, list | tuple) else [value]
    secrets = tuple(_secret(each) for each in given)
    if not secrets or any(len(secret) < MIN_SECRET_LENGTH for secret in secrets):
        raise ImproperlyConfigured(
            f'{where}["SECRET"] must be "{SECRET_PREFIX}" and at least {MIN_SECRET_LENGTH} random bytes in base64, '
            "from the environment, or a list of these while a secret is replaced. To make one: "
            """python -c "import base64, os; print('whsec_' + base64.b64encode(os.urandom(32)).decode())"."""
        ) from None
    return secrets


def _secret(value: Any) -> bytes:
    """Empty if it is none."""
    text = value.strip() if isinstance(value, str) else ""  # files end with a new line
    if not text.startswith(SECRET_PREFIX):
        return b""
    encoded = text.removeprefix(SECRET_PREFIX).rstrip("=")
    try:
        return base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _events(value: Any, where: str) -> frozenset[str]:
    is_list = isinstance(value, list | tuple | set | frozenset)
    if not is_list or not value or any(event not in EVENTS for event in value):
        known = ", ".join(f'"{event}"' for event in EVENTS)
        raise ImproperlyConfigured(f'{where}["EVENTS"] is {value!r}, must be a list of some of: {known}.')
    return frozenset(value)
