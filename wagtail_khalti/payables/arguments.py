"""What a payable says about its payment, as arguments of ``start_payment``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from wagtail_khalti.gateway import Customer
from wagtail_khalti.payables.details import PaymentDetails

MAX_NAME_LENGTH = 255


def arguments_of(
    payable: Any, details: PaymentDetails, request: HttpRequest | None, options: Mapping[str, Any]
) -> dict[str, Any]:
    """``options`` replace what the details say; what neither says has a default."""
    arguments: dict[str, Any] = {
        "amount": details.amount,
        "purpose": details.purpose or str(payable),
        "products": details.items,
        "breakdown": details.breakdown,
        "customer": details.customer,
        "user": details.user,
        "site": details.site,
        "merchant": details.merchant,
        "success_url": details.success_url,
        "cancel_url": details.cancel_url,
        "back_url": details.back_url or own_address(payable),
        "reservation": details.reservation,
        "metadata": details.metadata,
        "merchant_extra": details.merchant_extra,
        **options,
        "request": request,
        "payable": payable,
    }
    if arguments["customer"] == Customer() and arguments["user"]:
        arguments["customer"] = customer_of(arguments["user"])
    return arguments


def customer_of(user: Any) -> Customer:
    """The name and the e-mail address of a user, as far as their model has them."""
    get_name = getattr(user, "get_full_name", None)
    email = getattr(user, user.get_email_field_name(), "")
    return Customer(name=(get_name() if get_name else "")[:MAX_NAME_LENGTH], email=email or "")


def own_address(payable: Any) -> str:
    """The page of the payable, if it is a path of this site."""
    get_url = getattr(payable, "get_absolute_url", None)
    url = str(get_url() or "") if get_url else ""
    return url if url.startswith("/") and not url.startswith("//") else ""
