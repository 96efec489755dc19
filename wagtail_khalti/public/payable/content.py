"""What the page of a payable says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.utils.translation import get_language
from wagtail.models import Site

from wagtail_khalti.conf import configuration, is_test_mode
from wagtail_khalti.formatting import format_number
from wagtail_khalti.money import format_rupees
from wagtail_khalti.payables import PaymentDetails
from wagtail_khalti.payables.arguments import own_address
from wagtail_khalti.public.merchant import merchant_context
from wagtail_khalti.public.payment.destinations import PageLink
from wagtail_khalti.public.sites import merchant_of_site
from wagtail_khalti.text.web_addresses import is_of_this_site

MAX_URL_LENGTH = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class PayContent:
    """A payable as it is to be paid now, for this visitor."""

    payable: Any
    details: PaymentDetails
    request: HttpRequest

    @property
    def site(self) -> Site | None:
        return self.details.site or Site.find_for_request(self.request)

    @property
    def next_url(self) -> str:
        return next_url_of(self.request)

    @property
    def has_seen_total(self) -> bool:
        """Whether the form was sent with the amount as it is now."""
        return self.request.POST.get("total_seen") == str(self.details.amount)

    def context(self) -> dict[str, Any]:
        """Of the template."""
        details = self.details
        back = details.back_url or own_address(self.payable)
        return {
            **merchant_context(self.site, self.request),
            "payable": self.payable,
            "purpose": details.purpose or str(self.payable),
            "rows": list(self._rows()),
            "amount": details.amount,
            "total": format_rupees(details.amount, get_language()),
            "next_url": self.next_url,
            "is_test": is_test_mode(details.merchant or merchant_of_site(self.site)),
            "back_link": PageLink(url=back) if back else None,
        }

    def _rows(self) -> Iterator[dict[str, str]]:
        """The lines of the breakdown, otherwise the items."""
        if self.details.breakdown:
            for line in self.details.breakdown:
                yield {"label": str(line.label), "price": format_rupees(line.amount, get_language())}
            return
        for item in self.details.items:
            quantity = f" × {format_number(item.quantity)}" if item.quantity > 1 else ""
            yield {"label": f"{item.name}{quantity}", "price": format_rupees(item.total_price, get_language())}


def next_url_of(request: HttpRequest) -> str:
    """Where the visitor is going: only to an address of this site."""
    url = request.POST.get("next") or request.GET.get("next", "")
    root = f"{request.scheme}://{request.get_host()}"
    is_safe = len(url) <= MAX_URL_LENGTH and "\x00" not in url and is_of_this_site(url, root, more_hosts=_more_hosts())
    return url if is_safe else ""


def _more_hosts() -> list[str]:
    try:
        return list(configuration().redirect_hosts)
    except ImproperlyConfigured:
        return []
