"""Whether a visitor may see what holds the block: the view restrictions that an editor put on a page."""

from __future__ import annotations

from django.db import models
from django.http import HttpRequest


def may_see(owner: models.Model | None, request: HttpRequest) -> bool:
    """As Wagtail decides it for the page itself, by the page and all above it. Snippets have no restrictions."""
    get_view_restrictions = getattr(owner, "get_view_restrictions", None)
    restrictions = get_view_restrictions() if get_view_restrictions else ()
    return all(restriction.accept_request(request) for restriction in restrictions)
