"""The account at Khalti that a payment belongs to."""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured

from wagtail_khalti.conf import Merchant, configuration
from wagtail_khalti.exceptions import MerchantChanged
from wagtail_khalti.models import KhaltiPayment


def merchant_of(payment: KhaltiPayment) -> Merchant:
    """Raises ``MerchantChanged``: a payment of the sandbox must never be asked for, or begun, at the live Khalti."""
    try:
        merchant = configuration().merchant(payment.merchant)
    except ImproperlyConfigured as error:
        raise MerchantChanged(str(error)) from error
    if merchant.mode != payment.mode:
        raise MerchantChanged(f"payment {payment.reference} is {payment.mode}, its merchant is {merchant.mode}")
    return merchant
