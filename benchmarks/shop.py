"""The pages that both sides sell from."""

from __future__ import annotations

import re
from typing import Any

from django.urls import reverse
from wagtail.models import Page, Site

from benchmarks.browser import Browser
from tests.shop.models import ShopPage

CHECKOUT_LINK = re.compile(r'href="(/khalti/checkout/[^"]+)"')


def checkout_value(thank_you: Page) -> dict[str, Any]:
    return {
        "heading": "Become a member",
        "text": "Your yearly membership keeps the library open.",
        "item_name": "Membership",
        "amount": "1500.00",
        "max_quantity": 5,
        "fields": ["name", "email", "phone"],
        "thank_you_page": thank_you.pk,
        "button_text": "",
    }


def new_page(title: str, *blocks: tuple[str, Any]) -> ShopPage:
    """A published page with these blocks, read back as a visitor's request reads it."""
    root = Site.objects.get(is_default_site=True).root_page
    page = ShopPage(title=title)
    page.body = ShopPage._meta.get_field("body").to_python([{"type": kind, "value": value} for kind, value in blocks])
    root.add_child(instance=page)
    return ShopPage.objects.get(pk=page.pk)


def our_checkout(page: ShopPage) -> str:
    """The address behind the block's button."""
    html = Browser().get(page.url).response.content.decode()
    link = CHECKOUT_LINK.search(html)
    if link is None:
        raise RuntimeError(f"{page} shows no link to pay")
    return link[1]


def plain_checkout(page: ShopPage) -> str:
    return reverse("plain_checkout", args=[page.pk])
