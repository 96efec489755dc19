"""How much one visitor may ask of the site in a minute, as ``WAGTAIL_KHALTI`` says it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal

from django.core.exceptions import ImproperlyConfigured

Limited = Literal["checkout", "return", "page"]
"""A checkout form that is sent; a way back from Khalti; any page of a visitor's that is looked at."""

RATE_LIMITS: Mapping[str, int] = MappingProxyType({"checkout": 60, "return": 120, "page": 600})
"""A minute, from one address. Behind one of a mobile carrier's are thousands of people."""


def read_rate_limits(value: Any) -> Mapping[str, int]:
    """What is left out is as usual; a kind that is None has no limit, and None in place of the dict means none at all.

    Raises ``ImproperlyConfigured``.
    """
    if value is None:
        return {}
    given = value if isinstance(value, Mapping) else {"": value}
    for name, most in given.items():
        if name not in RATE_LIMITS or not (most is None or _is_number(most, at_least=1)):
            known = ", ".join(f'"{known}": {usual}' for known, usual in RATE_LIMITS.items())
            raise ImproperlyConfigured(
                f'WAGTAIL_KHALTI["RATE_LIMITS"] is {value!r}, must be requests a minute, such as {{{known}}}, '
                "or None for no limits."
            )
    limits = {**RATE_LIMITS, **given}
    return MappingProxyType({name: most for name, most in limits.items() if most is not None})


def read_trusted_proxies(value: Any) -> int:
    """Raises ``ImproperlyConfigured``."""
    if not _is_number(value, at_least=0):
        raise ImproperlyConfigured(
            f'WAGTAIL_KHALTI["TRUSTED_PROXIES"] is {value!r}, must be how many proxies of yours a request passes, or 0.'
        )
    return int(value)


def _is_number(value: Any, *, at_least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= at_least
