"""Page view restrictions: whether a visitor may see the page with the block."""

from __future__ import annotations

import swapper
from django.db import models
from django.http import HttpRequest
from wagtail.models import PageViewRestriction


def may_see(owner: models.Model | None, request: HttpRequest) -> bool:
    """Checked as Wagtail does for the page itself, including its ancestors. Snippets have no restrictions."""
    get_view_restrictions = getattr(owner, "get_view_restrictions", None)
    if get_view_restrictions is None or _has_none(owner):
        return True
    return all(restriction.accept_request(request) for restriction in get_view_restrictions())


def _has_none(page: object) -> bool:
    """True on most sites, at the cost of one cheap query. Page types with rules of their own are always checked."""
    default = swapper.load_model("wagtailcore", "Page").get_view_restrictions
    is_default = type(page).get_view_restrictions is default  # type: ignore[attr-defined]  # checked by the caller
    return is_default and not PageViewRestriction.objects.exists()
