"""Links to a receipt: by a signed address, and by one that finds the last payment of this browser."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe
from wagtail.models import Site

from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.models.references import unsign_receipt
from wagtail_khalti.public.browser_payments import started_here
from wagtail_khalti.public.decorators import limited_page, visitor_page
from wagtail_khalti.public.merchant import merchant_context
from wagtail_khalti.public.payment.status_page import payment_page


@visitor_page
@require_safe
def receipt(request: HttpRequest, signed: str) -> HttpResponse:
    """The receipt with the customer's name. If the signature is invalid, the page without the name."""
    reference = unsign_receipt(signed)
    if reference is None:
        return HttpResponseRedirect(reverse("wagtail_khalti:payment", args=[signed.partition(".")[0] or "-"]))
    return payment_page(request, reference, shows_customer=True)


@visitor_page
@limited_page
@require_safe
def own_receipt(request: HttpRequest) -> HttpResponse:
    """The last completed payment of this browser, otherwise the last started one."""
    started = started_here(request)
    paid = KhaltiPayment.objects.filter(reference__in=started).paid().order_by("-completed_at").first()
    if paid or started:
        reference = paid.reference if paid else started[0]
        return HttpResponseRedirect(reverse("wagtail_khalti:payment", args=[reference]))
    context = merchant_context(Site.find_for_request(request), request)
    return render(request, "wagtail_khalti/public/no_receipt.html", context, status=404)
