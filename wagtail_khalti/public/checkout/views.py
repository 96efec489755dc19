"""Which requests count as "Checkout opened"."""

from __future__ import annotations

from django.http import HttpRequest
from wagtail.models import Site

from wagtail_khalti.public.offers import Offer
from wagtail_khalti.public.sites import merchant_of_block
from wagtail_khalti.reporting import count_checkout_view

PREFETCH_HEADERS = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
"""Browsers send ``prefetch`` or ``preview`` in one of them when nobody has opened the page yet."""


def count_checkout_view_of(request: HttpRequest, offer: Offer, site: Site | None) -> None:
    """Stores nothing about the visitor. Never raises."""
    if request.method == "GET" and not _is_prefetch(request):
        count_checkout_view(site=site, source=offer.source, merchant=merchant_of_block(offer.owner, site))


def _is_prefetch(request: HttpRequest) -> bool:
    purpose = " ".join(request.headers.get(name, "") for name in PREFETCH_HEADERS).lower()
    return "prefetch" in purpose or "preview" in purpose or bool(getattr(request, "is_preview", False))
