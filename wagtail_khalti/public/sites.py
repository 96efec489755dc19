"""The Wagtail site of an offer or a payment, with its settings, in one query."""

from __future__ import annotations

from django.db import models
from wagtail.models import Site

from wagtail_khalti.conf import is_test_mode
from wagtail_khalti.models import KhaltiPayment, KhaltiSettings
from wagtail_khalti.options import DEFAULT_MERCHANT


def site_of(owner: models.Model | None, signed: int | None) -> Site | None:
    """The site of the page with the block; otherwise the signed site, or the default site.

    Never the site whose host the visitor uses: the visitor must not choose which account is paid, or test mode.
    """
    get_url_parts = getattr(owner, "get_url_parts", None)
    parts = get_url_parts and get_url_parts()
    return (parts and _site(pk=parts[0])) or (signed and _site(pk=signed)) or _site(is_default_site=True)


def site_of_payment(payment: KhaltiPayment) -> Site | None:
    """Cached on the payment."""
    if payment.site_id and not KhaltiPayment.site.is_cached(payment):
        payment.site = _site("khaltisettings__thank_you_page", pk=payment.site_id)
    return payment.site


def settings_of(site: Site | None) -> KhaltiSettings:
    """Its settings, or the defaults. Cached on the ``Site`` object, which lives for one request."""
    return getattr(site, "khaltisettings", None) or KhaltiSettings(site=site)


def merchant_of_site(site: Site | None) -> str:
    """Name of the Khalti account that receives its payments. It may be missing from the settings by now."""
    return settings_of(site).merchant or DEFAULT_MERCHANT


def is_test_site(site: Site | None) -> bool:
    """Whether its payments move no money."""
    return is_test_mode(merchant_of_site(site))


def _site(*related: str, **lookup: object) -> Site | None:
    return Site.objects.select_related("khaltisettings", *related).filter(**lookup).first()
