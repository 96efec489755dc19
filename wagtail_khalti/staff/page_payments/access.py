"""Who may see the payments of a page, and how much of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.staff.permissions import EXPORT, PERSONAL, VIEW, may_view_own_pages, policy

Sites = Collection[int] | None
"""Primary keys; None for all sites, and for payments of none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageAccess:
    """Of one user to the payments of one page. ``is_editor``: they edit it, and may view payments of own pages."""

    page: Any
    user: Any
    is_editor: bool

    @property
    def names(self) -> Sites:
        """The sites of those payments whose payer's name and answers may be seen."""
        return None if self.is_editor else self.contacts

    @property
    def contacts(self) -> Sites:
        """Likewise of e-mail address and mobile number."""
        return policy.permitted_sites(self.user, [PERSONAL])

    @property
    def may_export(self) -> bool:
        return self.is_editor or _has_for_site(self.user, EXPORT, self.page)

    def payments(self, permission: str = VIEW) -> QuerySet[KhaltiPayment]:
        """Of every mode, in no order; of users who are no such editors those of the sites of their ``permission``."""
        payments = payments_of(self.page)
        return payments if self.is_editor else policy.visible_to(self.user, payments, [permission])


def payments_of(page: Any) -> QuerySet[KhaltiPayment]:
    """Those that were started on this page, by any of its blocks: in no order, and of every mode."""
    return KhaltiPayment.objects.order_by().filter(source_type=page.content_type_id, source_id=str(page.pk))


def access_to(page: Any, user: Any) -> PageAccess | None:
    """None if the user may not see its payments. ``page`` is of its own class, which may decide who edits it."""
    is_editor = may_view_own_pages(user) and page.permissions_for_user(user).can_edit()
    if is_editor or _has_for_site(user, VIEW, page):
        return PageAccess(page=page, user=user, is_editor=is_editor)
    return None


def _has_for_site(user: Any, permission: str, page: Any) -> bool:
    sites = _permitted_sites(user, permission)
    if sites is None:
        return True
    parts = page.get_url_parts() if sites else None  # without the query that get_site() makes
    return parts is not None and parts[0] in sites


def _permitted_sites(user: Any, permission: str) -> Sites:
    """Kept with the user, as Django keeps permissions: a list of pages asks for each row."""
    known: dict[str, Sites] | None = getattr(user, "_khalti_permitted_sites", None)
    if known is None:
        known = user._khalti_permitted_sites = {}
    if permission not in known:
        known[permission] = policy.permitted_sites(user, [permission])
    return known[permission]
