"""Whether one object is paid for."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from wagtail.models import Site

from wagtail_khalti.conf import Mode, configuration
from wagtail_khalti.exceptions import KhaltiError
from wagtail_khalti.lookups import merchant_for
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.models.sources import payable_id_of
from wagtail_khalti.payables.modes import counted_modes


def payment_that_paid(payable: Any, request: HttpRequest | None = None) -> KhaltiPayment | None:
    """The payment that paid for it, unless that was fully refunded.

    In the mode of the account or site that the payable names; otherwise in live mode, if any account is live. The site
    of the ``request`` decides only between test modes: a visitor could open the address at a site in test mode.
    """
    key = payable_id_of(payable)
    primary = KhaltiPayment.objects.for_payable(payable).filter(is_primary__in=[True])
    found = [payment for payment in primary if payment.payable_id == key]  # MariaDB takes "a" for "A"
    modes = _modes(payable, request) if found else ()
    return next((payment for payment in found if payment.mode in modes), None)


def _modes(payable: Any, request: HttpRequest | None) -> Collection[Mode]:
    merchant, site = _recipient(payable)
    try:
        if merchant:
            return {configuration().merchant(merchant).mode}
        return {merchant_for(site).mode} if site else _modes_at(request and Site.find_for_request(request))
    except ImproperlyConfigured:
        return {Mode.LIVE}


def _modes_at(site: Site | None) -> Collection[Mode]:
    counted, mode = counted_modes(), merchant_for(site).mode if site else None
    return {mode} if mode and mode in counted else counted


def _recipient(payable: Any) -> tuple[str | None, Site | None]:
    try:
        details = payable.get_payment_details()
    except KhaltiError:  # it can't be paid for now
        return None, None
    return details.merchant, details.site
