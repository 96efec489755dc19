"""Which views of the checkout page count as opened by somebody."""

from __future__ import annotations

from django.http import HttpRequest
from wagtail.models import Site

from wagtail_khalti.public.offers import Offer
from wagtail_khalti.public.sites import merchant_of_site
from wagtail_khalti.reporting import count_checkout_view

PURPOSES = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
"""With which browsers say that they only look ahead: ``prefetch``, ``preview``."""


def count_checkout_view_of(request: HttpRequest, offer: Offer, site: Site | None) -> None:
    """Nothing of the visitor is kept. Never raises."""
    if request.method == "GET" and not _is_looking_ahead(request):
        count_checkout_view(site=site, source=offer.source, merchant=merchant_of_site(site))


def _is_looking_ahead(request: HttpRequest) -> bool:
    said = " ".join(request.headers.get(name, "") for name in PURPOSES).lower()
    return "prefetch" in said or "preview" in said or bool(getattr(request, "is_preview", False))
