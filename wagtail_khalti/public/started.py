"""Which payments were begun in this browser: a signed cookie with their references and nothing else.

Whoever has a payment's address may see how it stands; only the browser that began it gets the answers back, and sees
the payer's name on the receipt.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from wagtail_khalti.models import KhaltiPayment

COOKIE = "khalti_started"
SALT = "wagtail_khalti.started"
MAX_AGE = 24 * 60 * 60  # seconds: long enough to try again, short enough for a shared computer
MAX_COUNT = 5


def remember_start(request: HttpRequest, response: HttpResponse, payment: KhaltiPayment) -> None:
    references = [payment.reference, *(r for r in started_here(request) if r != payment.reference)]
    response.set_signed_cookie(
        COOKIE,
        ".".join(references[:MAX_COUNT]),
        salt=SALT,
        max_age=MAX_AGE,
        path=reverse("wagtail_khalti:checkout", args=["-"]).removesuffix("checkout/-/"),
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )


def was_started_here(request: HttpRequest, reference: str) -> bool:
    return reference in started_here(request)


def started_here(request: HttpRequest) -> list[str]:
    """The references, the newest first."""
    value = request.get_signed_cookie(COOKIE, default="", salt=SALT, max_age=MAX_AGE)
    return value.split(".") if value else []
