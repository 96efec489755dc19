"""The payments that were started in this browser: a signed cookie that contains only their references.

Anyone with a payment's address can see its status. Only the browser that started it gets the entered details back, and
sees the customer's name on the receipt.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from wagtail_khalti.models import KhaltiPayment

COOKIE = "khalti_started"
SALT = "wagtail_khalti.started"
MAX_AGE = 24 * 60 * 60  # seconds: long enough to retry, short enough for a shared computer
MAX_PAYMENTS = 5


def remember_payment(request: HttpRequest, response: HttpResponse, payment: KhaltiPayment) -> None:
    references = [payment.reference, *(r for r in started_here(request) if r != payment.reference)]
    response.set_signed_cookie(
        COOKIE,
        ".".join(references[:MAX_PAYMENTS]),
        salt=SALT,
        max_age=MAX_AGE,
        path=reverse("wagtail_khalti:checkout", args=["-"]).removesuffix("checkout/-/"),
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )


def is_started_here(request: HttpRequest, reference: str) -> bool:
    return reference in started_here(request)


def started_here(request: HttpRequest) -> list[str]:
    """References, newest first."""
    value = request.get_signed_cookie(COOKIE, default="", salt=SALT, max_age=MAX_AGE)
    return value.split(".") if value else []
