"""Payments, refunds and offers as the schemas have them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin

from django.utils.translation import get_language
from wagtail.models import Site

from wagtail_khalti.api.caller import Caller, access_to
from wagtail_khalti.conf import is_test_mode, max_payment
from wagtail_khalti.dates.days import as_utc
from wagtail_khalti.models import KhaltiPayment, KhaltiRefund
from wagtail_khalti.models.site_settings import site_display_name
from wagtail_khalti.pricing import ChosenAmount, FixedPrice, Price, PriceList
from wagtail_khalti.public.availability import closed_text, sold_out_text
from wagtail_khalti.public.checkout.availability import availability_of
from wagtail_khalti.public.checkout.question_fields import link_of
from wagtail_khalti.public.offers import Offer
from wagtail_khalti.public.sites import merchant_of_block, site_of
from wagtail_khalti.questions import Question


def payment_out(payment: KhaltiPayment) -> dict[str, Any]:
    found = payment.as_dict()
    addresses = {"next_url": found["next_url"], "status_url": payment.get_absolute_url()}
    # With scheme and host, for pages elsewhere.
    return {**found, **{name: urljoin(payment.website_url, address) for name, address in addresses.items()}}


def started_out(payment: KhaltiPayment, caller: Caller) -> dict[str, Any]:
    return {**payment_out(payment), "access": access_to(payment, caller)}


def refund_out(refund: KhaltiRefund) -> dict[str, Any]:
    names = ("reference", "state", "method", "amount")
    times = {name: as_utc(getattr(refund, name)) for name in ("created_at", "resolved_at")}
    return {**{name: getattr(refund, name) for name in names}, **times}


def offer_out(offer: Offer, host: str) -> dict[str, Any]:
    terms, site = offer.terms, site_of(offer.owner, offer.site)
    merchant = merchant_of_block(offer.owner, site)
    fields = [*((name, True) for name in terms.fields), *((name, False) for name in terms.optional_fields)]
    vat = terms.price.vat
    return {
        "name": terms.name,
        "language": offer.language or get_language() or "",
        "currency": "NPR",
        "is_test": is_test_mode(merchant),
        "merchant": (site and site_display_name(site)) or host,
        "price": price_out(terms.price),
        "vat": {"mode": vat.mode.value, "rate": None if vat.rate is None else str(vat.rate)},
        "largest_payment": max_payment(merchant),
        "fields": [{"name": name, "required": required} for name, required in fields],
        "questions": [question_out(question, site) for question in terms.questions],
        "availability": availability_out(offer),
    }


def price_out(price: Price) -> dict[str, Any]:
    nothing: dict[str, Any] = {
        **dict.fromkeys(("unit_price", "max_quantity", "minimum", "maximum")),
        "options": [],
        "presets": [],
        "takes_quantities": False,
        "accepts_other": False,
    }
    return {**nothing, "kind": price.kind, **_of_kind(price)}


def _of_kind(price: Price) -> Mapping[str, Any]:
    if isinstance(price, FixedPrice):
        return {"unit_price": price.unit_price, "max_quantity": price.max_quantity}
    if isinstance(price, PriceList):
        names = ("id", "name", "unit_price", "max_quantity")
        options = [{name: getattr(option, name) for name in names} for option in price.options]
        return {
            "options": options,
            "takes_quantities": price.takes_quantities,
            "max_quantity": price.max_quantity,
        }
    if isinstance(price, ChosenAmount):
        limits = {name: getattr(price, name) for name in ("minimum", "maximum", "accepts_other")}
        return {"presets": list(price.presets), **limits}
    return {}  # one of the site's own


def question_out(question: Question, site: Site | None) -> dict[str, Any]:
    names = ("name", "label", "kind", "required", "help_text")
    link = link_of(question)
    return {
        **{name: getattr(question, name) for name in names},
        "choices": list(question.choices),
        "link": f"{site.root_url}{link}" if site and link.startswith("/") else link,
    }


def availability_out(offer: Offer) -> dict[str, Any]:
    limit, counted = offer.terms.limit, availability_of(offer)
    closed = closed_text(limit)
    is_sold_out = counted is not None and counted.available <= 0
    return {
        "is_on_sale": not closed and not is_sold_out,
        "closed_text": closed or (sold_out_text(limit) if is_sold_out else ""),
        "sale_from": limit.sale_from,
        "sale_until": limit.sale_until,
        "available": max(counted.available, 0) if counted and limit.shows_available else None,
    }
