"""The merchant of a payment."""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured
from wagtail.models import Site

from wagtail_khalti.conf import Merchant, configuration
from wagtail_khalti.exceptions import MerchantChanged
from wagtail_khalti.models import KhaltiPayment, KhaltiSettings
from wagtail_khalti.options import DEFAULT_MERCHANT


def merchant_for(site: Site | None) -> Merchant:
    """For a new payment. Raises ``ImproperlyConfigured`` if the chosen one is missing: no other account may be used."""
    chosen = "" if site is None else KhaltiSettings.of(site).merchant
    return configuration().merchant(chosen or DEFAULT_MERCHANT)


def merchant_of(payment: KhaltiPayment) -> Merchant:
    """Raises ``MerchantChanged``: a sandbox payment must never be looked up, or initiated, at the live Khalti."""
    try:
        merchant = configuration().merchant(payment.merchant)
    except ImproperlyConfigured as error:
        raise MerchantChanged(str(error)) from error
    if merchant.mode != payment.mode:
        raise MerchantChanged(f"payment {payment.reference} is {payment.mode}, its merchant is {merchant.mode}")
    return merchant
