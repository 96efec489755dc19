"""The merchant and the contact that every visitor page shows."""

from __future__ import annotations

import re

from django.http import HttpRequest
from django.utils.html import format_html
from wagtail.models import Site

from wagtail_khalti.models.site_settings import site_display_name
from wagtail_khalti.public.sites import settings_of
from wagtail_khalti.receipts import default_contact
from wagtail_khalti.text.email_addresses import is_address


def merchant_context(site: Site | None, request: HttpRequest) -> dict[str, str]:
    """Template context with the merchant's name and a link to their contact. Never raises, since error pages use it."""
    contact = settings_of(site).contact or default_contact()
    return {
        "merchant": (site and site_display_name(site)) or request.get_host(),
        "contact": _contact_link(contact),
    }


def _contact_link(contact: str) -> str:
    """The contact as HTML: a link where it is a web address, an e-mail address or a phone number."""
    if url := _contact_url(contact):
        return format_html('<a href="{}">{}</a>', url, contact)
    return format_html("<strong>{}</strong>", contact) if contact else ""


def _contact_url(contact: str) -> str:
    if contact.startswith(("https://", "http://")):
        return contact
    if re.fullmatch(r"\+?[\d\s-]{6,20}", contact, re.ASCII):
        return "tel:" + re.sub(r"[\s-]", "", contact)
    return f"mailto:{contact}" if is_address(contact) else ""
