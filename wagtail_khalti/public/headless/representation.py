"""What the API says of an offer, so that a front end can show it, ask what it asks, and have it paid."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.http import HttpRequest
from django.utils import translation
from wagtail.models import Site, TranslatableMixin

from wagtail_khalti.conf import configuration
from wagtail_khalti.exceptions import OfferUnavailable
from wagtail_khalti.pricing import Limit, price_to_json
from wagtail_khalti.public.availability import shown_on_page
from wagtail_khalti.public.checkout.question_fields import link_of
from wagtail_khalti.public.offers import checkout_path, is_in_preview, sign_place, with_vat_rate
from wagtail_khalti.public.sites import is_test_block
from wagtail_khalti.public.terms import Offering, Terms
from wagtail_khalti.questions import Question

OWNER = "khalti_owner"
"""In the context of a block: the page or snippet that is represented."""


def offer_for_api(block: Offering, value: Any, *, context: Mapping[str, Any]) -> dict[str, Any] | None:
    """None if the block is incomplete. Amounts are whole numbers of paisa. In the language of the page.

    ``token`` and both addresses are empty where nothing can be bought: in previews and drafts, and where the page of
    the block is unknown. They stay while it is sold out, since a front end may keep them for long.
    """
    request = context.get("request")
    context = {**context, "request": getattr(request, "_request", request)}  # Django's, and not that of an API
    with suppress(OfferUnavailable), translation.override(_language_of(context.get(OWNER))):
        return _represented(block, block.terms(value), value, context)
    return None


def _represented(block: Offering, terms: Terms, value: Any, context: Mapping[str, Any]) -> dict[str, Any]:
    request = context["request"]
    token = _token(block, value, context)
    if token:
        site = Site.find_for_request(request) if request else None
        terms = with_vat_rate(terms, owner=context.get(OWNER), site=site and site.pk)
    path = checkout_path(token) if token else ""
    return {
        **price_to_json(terms.price),
        "name": terms.name,
        "label": terms.price.label,
        "fields": list(terms.fields),
        "optional_fields": list(terms.optional_fields),
        "questions": [_question(question) for question in terms.questions],
        "availability": _availability(block, terms.limit, value, context),
        "is_test": is_test_block(request, lambda: context.get(OWNER)),
        "token": token,
        "checkout_path": path,
        "checkout_url": _absolute(path, request) if path else "",
    }


def _token(block: Offering, value: Any, context: Mapping[str, Any]) -> str:
    """Never one that contains its price: what an API returns may be a draft."""
    is_published = getattr(context.get(OWNER), "live", True)
    return sign_place(block, value, context=context) if is_published and not is_in_preview(context) else ""


def _availability(block: Offering, limit: Limit, value: Any, context: Mapping[str, Any]) -> dict[str, Any]:
    shown = shown_on_page(block, limit, value, context=context)
    return {
        "is_on_sale": not shown.closed,
        "message": shown.closed or shown.left,
        "available": shown.available,
        "sale_from": limit.sale_from and limit.sale_from.isoformat(),
        "sale_until": limit.sale_until and limit.sale_until.isoformat(),
    }


def _question(question: Question) -> dict[str, Any]:
    return {**question.as_json(), "choices": list(question.choices), "link": link_of(question)}


def _absolute(path: str, request: HttpRequest | None) -> str:
    base_url = ""
    with suppress(ImproperlyConfigured):  # the system checks report it
        base_url = configuration().base_url
    if base_url or request is None:
        return f"{base_url.rstrip('/')}{path}"
    return request.build_absolute_uri(path)


def _language_of(owner: models.Model | None) -> str | None:
    """That of the page; an API has only that of the request."""
    if isinstance(owner, TranslatableMixin) and owner.locale_id:
        return str(owner.locale.language_code)
    return translation.get_language()
