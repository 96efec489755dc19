"""Which payments count: test money never makes anything look paid on a site that takes real money."""

from __future__ import annotations

from collections.abc import Collection

from django.core.exceptions import ImproperlyConfigured

from wagtail_khalti.conf import Mode, configuration


def counted_modes() -> Collection[Mode]:
    """Live, if any account is live or nothing is configured; else the test modes of the accounts."""
    try:
        modes = {merchant.mode for merchant in configuration().merchants.values()}
    except ImproperlyConfigured:
        return {Mode.LIVE}
    return {Mode.LIVE} if Mode.LIVE in modes else modes
