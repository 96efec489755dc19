"""The same page in other languages, whose payments are lists of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse

from wagtail_khalti.staff.page_payments.access import access_to


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """One of them. ``url``: of its payments; empty if the user may not see these."""

    language: str
    url: str


def translations_of(page: Any, user: Any, query: str) -> list[Translation]:
    """``query``: of each URL."""
    if not getattr(settings, "WAGTAIL_I18N_ENABLED", False):
        return []
    found = page.get_translations().select_related("locale").order_by("locale__language_code")
    return [Translation(language=str(other.locale), url=_url(other, user, query)) for other in found]


def _url(page: Any, user: Any, query: str) -> str:
    return f"{reverse('khalti_pages:payments', args=[page.pk])}?{query}" if access_to(page, user) else ""
