"""What a block sells, for pages without our checkout form."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from wagtail_khalti.api.caller import caller_of
from wagtail_khalti.api.preconditions import offer_for
from wagtail_khalti.api.presenting import offer_out
from wagtail_khalti.api.problems import problems
from wagtail_khalti.api.schemas.offers import OfferOut


def get_offer(request: HttpRequest, token: str) -> dict[str, Any]:
    """The current terms of an offer: what it costs, and what the payer is asked."""
    caller_of(request)
    return offer_out(offer_for(request, token), request.get_host())


def offers_router() -> Router:
    router = Router(tags=["offers"])
    router.get(
        "/{token}/", response={200: OfferOut, **problems(401, 403, 404, 410, 422, 429, 503)}, operation_id="getOffer",
        url_name="offer",
    )(get_offer)  # fmt: skip
    return router
