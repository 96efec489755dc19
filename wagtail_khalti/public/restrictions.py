"""Whether a visitor may see what holds the block: the view restrictions that an editor put on a page."""

from __future__ import annotations

import swapper
from django.db import models
from django.http import HttpRequest
from wagtail.models import PageViewRestriction


def may_see(owner: models.Model | None, request: HttpRequest) -> bool:
    """As Wagtail decides it for the page itself, by the page and all above it. Snippets have no restrictions."""
    get_view_restrictions = getattr(owner, "get_view_restrictions", None)
    if get_view_restrictions is None or _are_none(owner):
        return True
    return all(restriction.accept_request(request) for restriction in get_view_restrictions())


def _are_none(page: object) -> bool:
    """On most sites, for one cheap question. A page that decides otherwise is asked itself."""
    usual = swapper.load_model("wagtailcore", "Page").get_view_restrictions
    is_usual = type(page).get_view_restrictions is usual  # type: ignore[attr-defined]  # it has one
    return is_usual and not PageViewRestriction.objects.exists()
