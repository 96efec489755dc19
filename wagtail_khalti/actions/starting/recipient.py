"""The merchant, site and return URL of a new payment. Never guessed: if they are ambiguous, that is an error."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from wagtail.models import Site

from wagtail_khalti.conf import Merchant, Mode, configuration
from wagtail_khalti.lookups import merchant_for
from wagtail_khalti.models.site_settings import DEFAULT_HOSTNAME
from wagtail_khalti.text.web_addresses import is_web_root

WHO = "pass request=request, or site=, or merchant="
WHERE = 'pass request=request, or base_url="https://…", or set WAGTAIL_KHALTI["BASE_URL"]'


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """The recipient of a new payment."""

    merchant: Merchant
    """The account that receives it."""

    site: Site | None
    """The Wagtail site; None if there is none, or only the merchant is known."""

    root: str
    """The root of the return URL, such as ``https://shop.example``, without a trailing slash."""


def recipient_of(*, request: HttpRequest | None, site: Site | None, merchant: str | None, base_url: str) -> Recipient:
    """Each argument has precedence over the ``request``. If there is only one site, neither is needed.

    Raises ``ValueError`` if several sites or merchants exist and none is given, or ``base_url`` is not a URL, and
    ``ImproperlyConfigured`` if the return URL is unknown.
    """
    implied = None if site or request else _only_site()
    site = site or (request and Site.find_for_request(request)) or implied
    if merchant is None and site is None and _are_several():
        raise ValueError(f"Several sites or merchants exist, and none is given: {WHO}.")
    account = merchant_for(site) if merchant is None else configuration().merchant(merchant)
    root = base_url or configuration().base_url or _root_of(request, site, account, is_implied=site is implied)
    if not is_web_root(root):
        raise ValueError(f"{root!r} is not the root URL of a site: {WHERE}.")
    return Recipient(merchant=account, site=site, root=root.rstrip("/"))


def _only_site() -> Site | None:
    sites = list(Site.objects.all()[:2])
    return sites[0] if len(sites) == 1 else None


def _are_several() -> bool:
    return len(configuration().merchants) > 1 or Site.objects.exists()


def _root_of(request: HttpRequest | None, site: Site | None, account: Merchant, *, is_implied: bool) -> str:
    """In live mode the hostname of Wagtail's default site, or of an implied one, is not used."""
    if request is not None:
        return f"{request.scheme}://{request.get_host()}"
    is_unreliable = site is None or (account.mode == Mode.LIVE and (is_implied or site.hostname == DEFAULT_HOSTNAME))
    if site is None or is_unreliable:
        raise ImproperlyConfigured(f"The return URL is unknown: {WHERE}.")
    return str(site.root_url)
