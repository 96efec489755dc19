"""The page of a payment: its receipt, its progress, or what the visitor can do after it ended."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_safe
from wagtail.models import Site

from wagtail_khalti.embedded import send_mails_after_response
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.models.status import Status
from wagtail_khalti.public.browser_payments import is_started_here
from wagtail_khalti.public.decorators import visitor_page
from wagtail_khalti.public.limits import seconds_to_wait, with_retry_after
from wagtail_khalti.public.merchant import merchant_context
from wagtail_khalti.public.payment.destinations import PageLink, back_link, next_page, retry_url
from wagtail_khalti.public.payment.mailed_links import again_query, signed_retry
from wagtail_khalti.public.payment.refresh import lease_lookup, refresh_status
from wagtail_khalti.public.payment.unavailable import while_unavailable
from wagtail_khalti.public.sites import settings_of, site_of_payment
from wagtail_khalti.receipts import RefundSummary, has_pdf, mailed_to, receipt_of, refund_summary_of

POLL_INTERVALS = (3, 3, 5, 5, 10, 10, 20, 20, 30, 30)  # seconds between a waiting page's automatic checks

TEMPLATES: Mapping[str, str] = {
    Status.CREATED: "not_sent",
    Status.INITIATED: "waiting",
    Status.PENDING: "waiting",
    Status.COMPLETED: "completed",
    Status.PARTIALLY_REFUNDED: "refunded",
    Status.REFUNDED: "refunded",
    Status.CANCELED: "canceled",
    Status.EXPIRED: "expired",
    Status.FAILED: "failed",
}


@visitor_page
@require_safe
def payment_page(request: HttpRequest, reference: str, *, shows_customer: bool = False) -> HttpResponse:
    """Refresh the payment's status and show it.

    ``shows_customer``: show the customer's name, since the signed address was given to the customer only. It is also
    shown in the browser that started the payment.
    """
    send_mails_after_response(request)
    payment = find_payment(reference)
    if payment is None:
        return not_found(request)

    wait = seconds_to_wait(request, "page")
    refresh_status(payment, has_lease=not wait and not payment.is_paid and lease_lookup(payment))
    refund_summary = refund_summary_of(payment)
    page = render_state(
        request,
        payment,
        _state(payment, refund_summary),
        refund_summary=refund_summary,
        shows_customer=shows_customer or is_started_here(request, payment.reference),
        pdf_url=_pdf_url(payment, is_signed=shows_customer),
    )
    return with_retry_after(page, wait) if wait else page


def _state(payment: KhaltiPayment, refund_summary: RefundSummary | None) -> str:
    """The template for it. A payment with manual refunds only is still "completed" at Khalti."""
    if payment.duplicate_of_id and not (refund_summary and refund_summary.is_all):
        return "duplicate"
    if not payment.is_paid and payment.issues.open().payment_unclear().exists():
        return "unclear"
    return "refunded" if refund_summary else TEMPLATES[payment.status]


def _pdf_url(payment: KhaltiPayment, *, is_signed: bool) -> str:
    """With the customer's name exactly where the page has it. Empty where there is no PDF."""
    if not payment.is_paid or not has_pdf():
        return ""
    return f"{payment.get_receipt_url() if is_signed else payment.get_absolute_url()}pdf/"


def find_payment(reference: str) -> KhaltiPayment | None:
    if "\x00" in reference or not reference.isascii():  # some databases raise an error for it
        return None
    return KhaltiPayment.objects.whole(reference=reference)


def not_found(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "wagtail_khalti/public/not_found.html",
        merchant_context(Site.find_for_request(request), request),
        status=404,
    )


def render_state(
    request: HttpRequest,
    payment: KhaltiPayment,
    name: str,
    *,
    refund_summary: RefundSummary | None = None,
    shows_customer: bool = False,
    pdf_url: str = "",
) -> HttpResponse:
    with translation.override(payment.language or translation.get_language()):
        site = site_of_payment(payment) or Site.find_for_request(request)
        receipt = receipt_of(payment, settings_of(payment.site), refund_summary, shows_payer=shows_customer)
        context = {
            **merchant_context(site, request),
            "merchant": receipt.merchant,
            "payment": payment,
            "state": name,
            "receipt": receipt,
            "refund_summary": refund_summary,
            "mailed_to": mailed_to(payment) if shows_customer else "",
            "pdf_url": pdf_url,
            "is_test": payment.is_test,
            "next_page": next_page(payment),
            "back_link": _back_link(payment, site),
            "payment_url": payment.next_url + again_query(request, payment),
            "retry_url": retry_url(payment, signed=signed_retry(request, payment)),
            **(while_unavailable(payment, site) if name == "not_sent" else {}),
            **_polling(request),
        }
        return render(request, f"wagtail_khalti/public/{name}.html", context)


def _back_link(payment: KhaltiPayment, site: Site | None) -> PageLink | None:
    if payment.back_url:
        return PageLink(url=payment.back_url)
    return back_link(_source(payment), site)


def _source(payment: KhaltiPayment) -> Model | None:
    """The page or snippet with the block; None also if the site no longer has that page type."""
    is_known = payment.source_type is not None and payment.source_type.model_class() is not None
    return payment.source if is_known else None


def _polling(request: HttpRequest) -> dict[str, object]:
    """When a waiting page checks again. After the last interval it stops, and shows only its button."""
    try:
        number = int(request.GET.get("poll", "0")[:3])
    except ValueError:
        number = 0
    interval = POLL_INTERVALS[number] if 0 <= number < len(POLL_INTERVALS) else None
    return {"poll_interval": interval, "next_poll": number + 1, "poll_intervals": POLL_INTERVALS}
