"""The Wagtail site of an offer or a payment, with its settings, in one query."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal

from django.apps import apps
from django.db import models
from django.http import HttpRequest
from wagtail.models import Site

from wagtail_khalti.conf import has_several_merchants, is_test_everywhere, is_test_mode
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


def lowest_vat_rate() -> Decimal:
    """Of all sites, in percent. What is too much with this rate is too much on each of them."""
    sites = Site.objects.select_related("khaltisettings")
    return min((settings_of(site).vat_rate for site in sites), default=Decimal(0))


def merchant_of_site(site: Site | None) -> str:
    """Name of the Khalti account that receives its payments. It may be missing from the settings by now."""
    return settings_of(site).merchant or DEFAULT_MERCHANT


def merchant_of_block(owner: models.Model | None, site: Site | None) -> str:
    """Likewise for a block on this page.

    That of the page or snippet with the block, if its class has a ``khalti_merchant`` that isn't empty; otherwise that
    of the site.
    """
    return _own_merchant(owner) or merchant_of_site(site)


def may_have_own_merchant(owners: Iterable[models.Model]) -> bool:
    """Whether one of these pages and snippets has a ``khalti_merchant``; if there are none, whether any class has it.

    A block whose place is unknown can't be sold then: nobody may be paid by a guess. Makes no query.
    """
    known = list(owners)
    if known:
        return any(map(_own_merchant, known))
    return has_several_merchants() and any(hasattr(model, "khalti_merchant") for model in apps.get_models())


def _own_merchant(owner: models.Model | None) -> str:
    # Not getattr() with a default: an AttributeError inside of a property would have the site's account paid instead.
    own = owner.khalti_merchant if hasattr(type(owner), "khalti_merchant") else ""  # type: ignore[union-attr]
    return str(own or "")


def is_test_block(request: HttpRequest | None, find_owner: Callable[[], models.Model | None]) -> bool:
    """Whether payments of a block move no money. Looks for its page, and makes a query, only if it depends on them."""
    everywhere = is_test_everywhere()
    if everywhere is not None:
        return everywhere
    return is_test_mode(merchant_of_block(find_owner(), Site.find_for_request(request)))


def _site(*related: str, **lookup: object) -> Site | None:
    return Site.objects.select_related("khaltisettings", *related).filter(**lookup).order_by().first()
