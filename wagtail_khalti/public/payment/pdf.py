"""The receipt as a PDF: the same rows as the page, for the same people."""

from __future__ import annotations

from dataclasses import asdict

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_safe

from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.models.references import unsign_receipt
from wagtail_khalti.public.browser_payments import is_started_here
from wagtail_khalti.public.decorators import visitor_page
from wagtail_khalti.public.limits import rate_limited_page, seconds_to_wait
from wagtail_khalti.public.payment.status_page import find_payment, not_found
from wagtail_khalti.public.sites import settings_of, site_of_payment
from wagtail_khalti.receipts import issue_original, pdf_name, pdf_of, receipt_of, refund_summary_of


@visitor_page
@require_safe
def receipt_pdf(request: HttpRequest, signed: str) -> HttpResponse:
    """A download with the customer's name. If the signature is invalid, the page without the name."""
    reference = unsign_receipt(signed)
    if reference is None:
        return HttpResponseRedirect(reverse("wagtail_khalti:payment", args=[signed.partition(".")[0] or "-"]))
    return payment_pdf(request, reference, shows_customer=True)


@visitor_page
@require_safe
def payment_pdf(request: HttpRequest, reference: str, *, shows_customer: bool = False) -> HttpResponse:
    """A download. ``shows_customer``: as of ``payment_page``. Redirects to that page where there is no receipt."""
    if wait := seconds_to_wait(request, "receipt"):
        return rate_limited_page(request, wait)
    payment = find_payment(reference)
    if payment is None:
        return not_found(request)
    shows_customer = shows_customer or is_started_here(request, reference)
    pdf = _pdf(request, payment, shows_customer=shows_customer) if payment.is_paid else None
    if pdf is None:
        return HttpResponseRedirect(payment.get_receipt_url() if shows_customer else payment.get_absolute_url())
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{pdf_name(payment)}"'
    return response


def _pdf(request: HttpRequest, payment: KhaltiPayment, *, shows_customer: bool) -> bytes | None:
    """The first one for the payer is the original, once it is made; one without the name never is."""
    may_be_original = shows_customer and request.method == "GET" and payment.receipt_issued_at is None
    pdf = _made(payment, shows_customer=shows_customer, is_original=may_be_original)
    if pdf is None or not may_be_original or issue_original(payment):
        return pdf
    payment.refresh_from_db(fields=["receipt_issued_at"])  # another one was issued meanwhile
    return _made(payment, shows_customer=shows_customer, is_original=False)


def _made(payment: KhaltiPayment, *, shows_customer: bool, is_original: bool) -> bytes | None:
    with translation.override(payment.language or translation.get_language()):
        site_of_payment(payment)
        receipt = receipt_of(
            payment,
            settings_of(payment.site),
            refund_summary_of(payment),
            shows_payer=shows_customer,
            is_original=is_original,
        )
        return pdf_of(asdict(receipt))
