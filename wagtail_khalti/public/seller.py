"""Whom a visitor pays."""

from __future__ import annotations

from django.http import HttpRequest
from wagtail.models import Site


def seller_name(request: HttpRequest) -> str:
    """The name of the Wagtail site, or where it has none, its address."""
    site = Site.find_for_request(request)
    return (site and (site.site_name or site.hostname)) or request.get_host()
