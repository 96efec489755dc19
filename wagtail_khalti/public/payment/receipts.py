"""Ways back to a receipt: by a signed address, and from any page of the site in the browser that paid."""

from __future__ import annotations

from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe
from wagtail.models import Site

from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.models.references import receipt_signer
from wagtail_khalti.public.decorators import limited_page, visitor_page
from wagtail_khalti.public.merchant import merchant
from wagtail_khalti.public.payment.status_page import payment_page
from wagtail_khalti.public.started import started_here


@visitor_page
@require_safe
def receipt(request: HttpRequest, signed: str) -> HttpResponse:
    """For who was given this address. Where the signature is cut off or of an earlier key, without the name."""
    try:
        reference = receipt_signer().unsign(signed)
    except BadSignature:
        reference = signed.partition(".")[0]
        return HttpResponseRedirect(reverse("wagtail_khalti:payment", args=[reference or "-"]))
    return payment_page(request, reference, shows_payer=True)


@visitor_page
@limited_page
@require_safe
def own_receipt(request: HttpRequest) -> HttpResponse:
    """The one that was paid last in this browser, or how that stands which was begun last."""
    begun = started_here(request)
    paid = KhaltiPayment.objects.filter(reference__in=begun).paid().order_by("-completed_at").first()
    if paid or begun:
        reference = paid.reference if paid else begun[0]
        return HttpResponseRedirect(reverse("wagtail_khalti:payment", args=[reference]))
    context = merchant(Site.find_for_request(request), request)
    return render(request, "wagtail_khalti/public/no_receipt.html", context, status=404)
