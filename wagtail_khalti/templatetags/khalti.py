"""Template tags for a site: ``{% load khalti %}``."""

from __future__ import annotations

from django import template

register = template.Library()


@register.inclusion_tag("wagtail_khalti/blocks/receipt.html")
def khalti_receipt() -> dict[str, object]:
    """A button that leads to the visitor's receipt. It is the same for every visitor, so the page can be cached."""
    return {}
