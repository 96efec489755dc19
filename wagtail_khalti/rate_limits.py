"""Read ``RATE_LIMITS`` and ``TRUSTED_PROXIES``."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal

from django.core.exceptions import ImproperlyConfigured

Limited = Literal["checkout", "return", "page", "receipt"]
"""A submitted checkout form; a return from Khalti; any page for visitors; a receipt as a PDF, or searched for."""

RATE_LIMITS: Mapping[str, int] = MappingProxyType({"checkout": 60, "return": 120, "page": 600, "receipt": 30})
"""Requests per minute and IP address. Thousands of people share one address of a mobile carrier."""


def read_rate_limits(value: Any) -> Mapping[str, int]:
    """A missing kind has its default, None means no limit for a kind, and None instead of the dict no limits at all.

    Raises ``ImproperlyConfigured``.
    """
    if value is None:
        return {}
    given = value if isinstance(value, Mapping) else {"": value}
    for name, limit in given.items():
        if name not in RATE_LIMITS or not (limit is None or _is_number(limit, at_least=1)):
            known = ", ".join(f'"{known}": {default}' for known, default in RATE_LIMITS.items())
            raise ImproperlyConfigured(
                f'WAGTAIL_KHALTI["RATE_LIMITS"] is {value!r}, must be requests per minute, such as {{{known}}}, '
                "or None for no limits."
            )
    limits = {**RATE_LIMITS, **given}
    return MappingProxyType({name: limit for name, limit in limits.items() if limit is not None})


def read_trusted_proxies(value: Any) -> int:
    """Raises ``ImproperlyConfigured``."""
    if not _is_number(value, at_least=0):
        raise ImproperlyConfigured(
            f'WAGTAIL_KHALTI["TRUSTED_PROXIES"] is {value!r}, must be the number of your own proxies that a '
            "request passes, or 0."
        )
    return int(value)


def _is_number(value: Any, *, at_least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= at_least
