"""The links in mails to a payer: signed, so that what was entered is found again in any browser."""

from __future__ import annotations

from django.http import HttpRequest

from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.models.references import reference_to_retry
from wagtail_khalti.models.status import Status


def signed_retry(request: HttpRequest, payment: KhaltiPayment) -> str:
    """What the link in the mail was signed with, if it is about this payment; otherwise empty."""
    signed = request.GET.get("again", "")
    return signed if signed and reference_to_retry(signed) == payment.reference else ""


def again_query(request: HttpRequest, payment: KhaltiPayment) -> str:
    """Takes the signature along to our own page that sends the payment to Khalti; empty for all other addresses."""
    signed = signed_retry(request, payment)
    return f"?again={signed}" if signed and payment.status == Status.CREATED else ""
