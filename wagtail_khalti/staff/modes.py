"""Live and test payments are looked at apart, so that no total mixes them."""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest

from wagtail_khalti.conf import DEFAULT_MERCHANT, Mode, configuration


def default_mode() -> Mode:
    """That of the site's usual merchant; live where nothing is set up."""
    try:
        merchants = configuration().merchants
    except ImproperlyConfigured:
        return Mode.LIVE
    usual = merchants.get(DEFAULT_MERCHANT) or next(iter(merchants.values()), None)
    return usual.mode if usual else Mode.LIVE


def mode_of(request: HttpRequest) -> Mode:
    """The one that was asked for, or the default one."""
    try:
        return Mode(request.GET.get("mode", ""))
    except ValueError:
        return default_mode()
