"""Whom the visitor pays and can ask, as each page of ours says it."""

from __future__ import annotations

import re

from django.http import HttpRequest
from wagtail.models import Site

from wagtail_khalti.models.site_settings import site_display_name
from wagtail_khalti.public.sites import chosen
from wagtail_khalti.receipts import usual_contact
from wagtail_khalti.text.email_addresses import is_address


def merchant(site: Site | None, request: HttpRequest) -> dict[str, str]:
    """For a template's context. Never raises: it is needed most where something is wrong."""
    contact = chosen(site).contact or usual_contact()
    return {
        "merchant": (site and site_display_name(site)) or request.get_host(),
        "contact": contact,
        "contact_url": _address_of(contact),
    }


def _address_of(contact: str) -> str:
    """What a click should open, where the words are an address or a phone number and nothing else."""
    if contact.startswith(("https://", "http://")):
        return contact
    if re.fullmatch(r"\+?[\d\s-]{6,20}", contact, re.ASCII):
        return "tel:" + re.sub(r"[\s-]", "", contact)
    return f"mailto:{contact}" if is_address(contact) else ""
