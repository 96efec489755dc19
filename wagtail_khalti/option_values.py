"""Read single options; ``ImproperlyConfigured`` says what a valid value is."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from wagtail_khalti.money import MINIMUM, Paisa, to_paisa

CONNECT_TIMEOUT = 5.0  # seconds; a healthy host completes the handshake in well under one
MIN_RETENTION, MAX_RETENTION = timedelta(days=1), timedelta(days=36_525)
READ_TIMEOUT = 20.0  # seconds; Khalti's own SDKs give up after 30, a visitor sooner

HOST = re.compile(r"[A-Za-z0-9.-]+(:\d{1,5})?")


def read_timeout(value: Any) -> tuple[float, float]:
    """Seconds to connect, and to wait for a response."""
    try:
        pair = value if isinstance(value, tuple | list) else (min(CONNECT_TIMEOUT, value), value)
        connect, response = (float(seconds) for seconds in pair)
    except (TypeError, ValueError):
        connect = response = 0.0
    if not (0 < connect < math.inf and 0 < response < math.inf):
        raise ImproperlyConfigured(
            f'WAGTAIL_KHALTI["TIMEOUT"] is {value!r}, must be seconds, or (seconds to connect, seconds to respond).'
        )
    return connect, response


def read_max_amount(value: Any) -> Paisa:
    try:
        amount = to_paisa(Decimal(str(value)))
    except (InvalidOperation, ValueError):
        amount = Paisa(0)
    if amount < MINIMUM:
        raise ImproperlyConfigured(
            f'WAGTAIL_KHALTI["MAX_AMOUNT"] is {value!r}, must be an amount in rupees, and at least Khalti\'s minimum.'
        )
    return amount


def read_interval(value: Any) -> timedelta:
    try:
        seconds = -1.0 if isinstance(value, bool) else float(value)
        interval = timedelta(seconds=seconds)
    except (TypeError, ValueError, OverflowError):
        interval = timedelta(-1)
    if interval < timedelta(0):
        raise ImproperlyConfigured(
            f'WAGTAIL_KHALTI["RECONCILE_EVERY"] is {value!r}, must be seconds, or 0 if cron or workers reconcile.'
        )
    return interval


def read_max_wait(value: Any) -> float:
    try:
        seconds = 0.0 if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        seconds = 0.0
    if not 0 < seconds < math.inf:
        raise ImproperlyConfigured(f'WAGTAIL_KHALTI["MAX_WAIT"] is {value!r}, must be a number of seconds.')
    return seconds


def read_retention(value: Any) -> timedelta | None:
    """Days, or a ``timedelta``; None for ever."""
    if value is None:
        return None
    try:
        kept_for = value if isinstance(value, timedelta) else timedelta(days=0 if isinstance(value, bool) else value)
    except (TypeError, ValueError, OverflowError):
        kept_for = timedelta(0)
    if not MIN_RETENTION <= kept_for <= MAX_RETENTION:
        raise ImproperlyConfigured(
            f'WAGTAIL_KHALTI["KEEP_PERSONAL_DATA"] is {value!r}, must be a number of days from 1 to 36525, '
            "or a timedelta; None for ever."
        )
    return kept_for


def read_hosts(value: Any) -> tuple[str, ...]:
    """Raises ``ImproperlyConfigured``."""
    hosts = tuple(value) if isinstance(value, list | tuple) else (value,)
    for host in hosts:
        if not isinstance(host, str) or not HOST.fullmatch(host):
            raise ImproperlyConfigured(
                f'WAGTAIL_KHALTI["REDIRECT_HOSTS"] has {host!r}, must be hosts such as ["shop.example"], '
                "with the port if there is one, and without https://."
            )
    return tuple(host.lower() for host in hosts)


def import_function(option: str, path: str) -> Callable[..., Any]:
    """The site's own function at this dotted path. Raises ``ImproperlyConfigured``."""
    try:
        found: Callable[..., Any] = import_string(path)
    except ImportError as error:
        raise ImproperlyConfigured(f'WAGTAIL_KHALTI["{option}"] is {path!r}: {error}.') from error
    if not callable(found):
        raise ImproperlyConfigured(f'WAGTAIL_KHALTI["{option}"] is {path!r}, must be a function.')
    return found
