"""Live and test payments are looked at apart, so that no total mixes them."""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest

from wagtail_khalti.conf import Mode, configuration


def default_mode() -> Mode:
    """Live, unless every account is one for tests: real money comes first, whichever site it comes to."""
    try:
        modes = [merchant.mode for merchant in configuration().merchants.values()]
    except ImproperlyConfigured:
        return Mode.LIVE
    return Mode.LIVE if Mode.LIVE in modes or not modes else modes[0]


def mode_of(request: HttpRequest) -> Mode:
    """The one that was asked for, or the default one."""
    try:
        return Mode(request.GET.get("mode", ""))
    except ValueError:
        return default_mode()
