"""Whom the visitor pays and can ask, as each page of ours says it."""

from __future__ import annotations

import re

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email
from django.db import models
from django.http import HttpRequest
from wagtail.models import Site

from wagtail_khalti.conf import configuration


def site_of(owner: models.Model | None, request: HttpRequest) -> Site | None:
    """The Wagtail site of the page that makes the offer, or else the one that the visitor is on."""
    get_site = getattr(owner, "get_site", None)
    return (get_site and get_site()) or Site.find_for_request(request)


def seller(site: Site | None, request: HttpRequest) -> dict[str, str]:
    """For a template's context. Never raises: it is needed most where something is wrong."""
    contact = _contact()
    return {
        "seller": (site and (site.site_name or site.hostname)) or request.get_host(),
        "contact": contact,
        "contact_url": _address_of(contact),
    }


def _contact() -> str:
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
