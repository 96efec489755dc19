"""Whom the visitor pays and can ask, as each page of ours says it."""

from __future__ import annotations

import re

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest
from wagtail.models import Site

from wagtail_khalti.conf import configuration
from wagtail_khalti.public.sites import chosen


def seller(site: Site | None, request: HttpRequest) -> dict[str, str]:
    """For a template's context. Never raises: it is needed most where something is wrong."""
    contact = chosen(site).contact or _contact()
    return {
        "seller": (site and (site.site_name or site.hostname)) or request.get_host(),
        "contact": contact,
        "contact_url": _address_of(contact),
    }


def _contact() -> str:
    """Where the site names none of its own."""
    try:
        return configuration().contact
    except ImproperlyConfigured:
        return ""


def _address_of(contact: str) -> str:
    """What a click should open, where the words are an address or a phone number and nothing else."""
    if contact.startswith(("https://", "http://")):
        return contact
    if re.fullmatch(r"\+?[\d\s-]{6,20}", contact, re.ASCII):
        return "tel:" + re.sub(r"[\s-]", "", contact)
    try:
        validate_email(contact)
    except ValidationError:
        return ""
    return f"mailto:{contact}"
