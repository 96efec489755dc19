"""The page of a payment, which says how it stands: receipt, waiting room, or the next step after an end."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_safe
from wagtail.models import Site

from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.models.status import Status
from wagtail_khalti.public.decorators import visitor_page
from wagtail_khalti.public.limits import asked_to_wait, seconds_to_wait
from wagtail_khalti.public.merchant import merchant
from wagtail_khalti.public.payment.destinations import back_url_of, next_page, retry_url
from wagtail_khalti.public.payment.refresh import lease_lookup, refresh_status
from wagtail_khalti.public.sites import chosen, site_of_payment
from wagtail_khalti.public.started import was_started_here
from wagtail_khalti.receipts import RefundSummary, receipt_of, refund_summary_of

PAUSES = (3, 3, 5, 5, 10, 10, 20, 20, 30, 30)  # seconds between the checks that a waiting page makes by itself

PAGES: Mapping[str, str] = {
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
def payment_page(request: HttpRequest, reference: str, *, shows_payer: bool = False) -> HttpResponse:
    """How the payment stands: receipt, waiting room, or the next step after an end.

    ``shows_payer``: the address proves that it was given to the payer. So does the browser that began the payment.
    """
    payment = find_payment(reference)
    if payment is None:
        return not_found(request)

    wait = seconds_to_wait(request, "page")
    refresh_status(payment, is_ours=not wait and not payment.is_paid and lease_lookup(payment))
    refund_summary = refund_summary_of(payment)
    shows_payer = shows_payer or was_started_here(request, payment.reference)
    page = page_in_state(
        request, payment, _state(payment, refund_summary), refund_summary=refund_summary, shows_payer=shows_payer
    )
    return asked_to_wait(page, wait) if wait else page


def _state(payment: KhaltiPayment, refund_summary: RefundSummary | None) -> str:
    """The page that says it. Money may have gone back past Khalti, which calls the payment completed then."""
    if payment.duplicate_of_id and not (refund_summary and refund_summary.is_all):
        return "duplicate"
    if not payment.is_paid and payment.issues.open().payment_unclear().exists():
        return "under_review"
    return "refunded" if refund_summary else PAGES[payment.status]


def find_payment(reference: str) -> KhaltiPayment | None:
    if "\x00" in reference or not reference.isascii():  # some databases refuse to look for it
        return None
    return KhaltiPayment.objects.whole(reference=reference)


def not_found(request: HttpRequest) -> HttpResponse:
    return render(
        request, "wagtail_khalti/public/not_found.html", merchant(Site.find_for_request(request), request), status=404
    )


def page_in_state(
    request: HttpRequest,
    payment: KhaltiPayment,
    name: str,
    *,
    refund_summary: RefundSummary | None = None,
    shows_payer: bool = False,
) -> HttpResponse:
    with translation.override(payment.language or translation.get_language()):
        site = site_of_payment(payment) or Site.find_for_request(request)
        receipt = receipt_of(payment, chosen(payment.site), refund_summary, shows_payer=shows_payer)
        context = {
            **merchant(site, request),
            "merchant": receipt.merchant,
            "payment": payment,
            "state": name,
            "receipt": receipt,
            "refund_summary": refund_summary,
            "is_test": payment.is_test,
            "next_page": next_page(payment),
            "back_url": payment.back_url or back_url_of(_source(payment), site),
            "pay_url": payment.next_url,
            "pay_again_url": retry_url(payment),
            **_pauses(request),
        }
        return render(request, f"wagtail_khalti/public/{name}.html", context)


def _source(payment: KhaltiPayment) -> Model | None:
    """What held the block; None also where the site has dropped that kind of page since."""
    is_known = payment.source_type is not None and payment.source_type.model_class() is not None
    return payment.source if is_known else None


def _pauses(request: HttpRequest) -> dict[str, object]:
    """When a waiting page asks again by itself, and which time that is; at the end it leaves it to a button."""
    try:
        turn = int(request.GET.get("turn", "0")[:3])
    except ValueError:
        turn = 0
    pause = PAUSES[turn] if 0 <= turn < len(PAUSES) else None
    return {"pause": pause, "next_turn": turn + 1, "pauses": PAUSES}
