"""Start the payment of a payable, or go on with the one that is open."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from wagtail_khalti.actions import start_payment
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.payables.payable import Payable


def pay(payable: Payable, request: HttpRequest | None = None, **options: Any) -> KhaltiPayment:
    """The payment to send its visitor to: redirect to its ``next_url``.

    ``options`` replace what ``get_payment_details`` says, and are passed on to ``start_payment``, whose errors are
    raised: ``AlreadyPaid`` if it is paid for, for example.
    """
    details = payable.get_payment_details()
    arguments: dict[str, Any] = {
        "purpose": details.purpose,
        "products": details.items,
        "breakdown": details.breakdown,
        "customer": details.customer,
        "user": details.user,
        "site": details.site,
        "merchant": details.merchant,
        "success_url": details.success_url,
        "cancel_url": details.cancel_url,
        "back_url": details.back_url,
        "reservation": details.reservation,
        "metadata": details.metadata,
        "merchant_extra": details.merchant_extra,
    }
    return start_payment(details.amount, request=request, payable=payable, **{**arguments, **options})  # type: ignore[arg-type]
