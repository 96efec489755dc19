"""The Wagtail site of an offer or a payment, and what its people chose; read together, in one query."""

from __future__ import annotations

from django.db import models
from django.http import HttpRequest
from wagtail.models import Site

from wagtail_khalti.conf import DEFAULT_MERCHANT, is_test_mode
from wagtail_khalti.models import KhaltiPayment, KhaltiSettings


def site_of(owner: models.Model | None, request: HttpRequest) -> Site | None:
    """That of the page that makes the offer, or else the one that the visitor is on."""
    get_url_parts = getattr(owner, "get_url_parts", None)
    parts = get_url_parts and get_url_parts()
    return (parts and _site(parts[0])) or Site.find_for_request(request)


def site_of_payment(payment: KhaltiPayment) -> Site | None:
    """Kept on the payment."""
    if payment.site_id and not KhaltiPayment.site.is_cached(payment):
        payment.site = _site(payment.site_id, "khaltisettings__thank_you_page")
    return payment.site


def chosen(site: Site | None) -> KhaltiSettings:
    """What its people chose, or the usual. Asked once for each ``Site`` object, which lives for one request."""
    return getattr(site, "khaltisettings", None) or KhaltiSettings(site=site)


def merchant_of_site(site: Site | None) -> str:
    """The name of the account that takes its payments. It may be gone: then nobody may take them."""
    return chosen(site).merchant or DEFAULT_MERCHANT


def is_test_site(site: Site | None) -> bool:
    """Whether no money moves there."""
    return is_test_mode(merchant_of_site(site))


def _site(pk: int | None, *more: str) -> Site | None:
    return Site.objects.select_related("khaltisettings", *more).filter(pk=pk).first()
