"""The Wagtail site of an offer or a payment, and what its people chose; read together, in one query."""

from __future__ import annotations

from django.db import models
from wagtail.models import Site

from wagtail_khalti.conf import DEFAULT_MERCHANT, is_test_mode
from wagtail_khalti.models import KhaltiPayment, KhaltiSettings


def site_of(owner: models.Model | None, signed: int | None) -> Site | None:
    """That of the page that makes the offer, or else the one that was signed with it, or the default one.

    Never the one whose address the visitor uses: whom they pay, and whether money moves, is not theirs to choose.
    """
    get_url_parts = getattr(owner, "get_url_parts", None)
    parts = get_url_parts and get_url_parts()
    return (parts and _site(pk=parts[0])) or (signed and _site(pk=signed)) or _site(is_default_site=True)


def site_of_payment(payment: KhaltiPayment) -> Site | None:
    """Kept on the payment."""
    if payment.site_id and not KhaltiPayment.site.is_cached(payment):
        payment.site = _site("khaltisettings__thank_you_page", pk=payment.site_id)
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


def _site(*more: str, **which: object) -> Site | None:
    return Site.objects.select_related("khaltisettings", *more).filter(**which).first()
