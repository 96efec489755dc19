"""The permissions for payments: one policy for menu, list, pages, reports, exports and buttons."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_permission_codename
from django.db.models import Model, QuerySet
from wagtail import VERSION
from wagtail.permission_policies.sites import SitePermissionPolicy

from wagtail_khalti.models import KhaltiPayment, KhaltiSettings

VIEW, PERSONAL, CHECK, REFUND, EXPORT = "view", "view_personal", "check", "refund", "export"
ACTIONS = frozenset({VIEW, PERSONAL, CHECK, REFUND, EXPORT})
VIEW_PAGE = "view_page"
"""The payments of pages that the user may edit. None of ``ACTIONS``: alone it permits nothing."""
HAS_REGISTRY = VERSION >= (8, 0)  # of policies; before, each viewset has its own


class PaymentPolicy(SitePermissionPolicy):
    """For all sites, or for those for which a group has the permission.

    Nobody adds, changes or deletes a payment by hand, not even a superuser. Any other permission includes viewing.
    """

    def user_has_any_permission(self, user: Any, actions: Iterable[str]) -> bool:
        wanted = _known(actions)
        return bool(wanted) and bool(super().user_has_any_permission(user, wanted))

    def user_has_any_permission_for_instance(self, user: Any, actions: Iterable[str], instance: Model) -> bool:
        wanted = _known(actions)
        return bool(wanted) and bool(super().user_has_any_permission_for_instance(user, wanted, instance))

    def instances_user_has_any_permission_for(self, user: Any, actions: Iterable[str]) -> QuerySet[KhaltiPayment]:
        """Including payments without a site, for users with the permission for all sites."""
        return self.visible_to(user, KhaltiPayment.objects.all(), actions)

    def visible_to(
        self, user: Any, rows: QuerySet[Any], actions: Iterable[str] = (VIEW,), *, site: str = "site"
    ) -> QuerySet[Any]:
        """Those of ``rows`` whose site permits the user one of ``actions``; ``site`` is the lookup to it."""
        sites = self.permitted_sites(user, actions)
        return rows if sites is None else rows.filter(**{f"{site}__in": sites})

    def permitted_sites(self, user: Any, actions: Iterable[str] = (VIEW,)) -> list[int] | None:
        """Primary keys of the sites that permit the user one of ``actions``; None for all sites and none."""
        wanted = _known(actions)
        if not wanted or not user.is_active or user.is_anonymous:
            return []
        if user.is_superuser or self._user_has_global_permission(user, wanted):
            return None
        return list(self.sites_user_has_any_permission_for(user, wanted).values_list("pk", flat=True))

    def users_with_any_permission(self, actions: Iterable[str]) -> Any:
        wanted = _known(actions)
        users = super().users_with_any_permission(wanted)
        return users.distinct() if wanted else users.none()  # it includes superusers, whatever the actions

    def users_with_permission(self, action: str) -> Any:
        return self.users_with_any_permission([action])


def _known(actions: Iterable[str]) -> frozenset[str]:
    """The existing ones of ``actions``; viewing is part of each."""
    return ACTIONS if VIEW in actions else ACTIONS & set(actions)


def may_view_own_pages(user: Any) -> bool:
    """Whether the user has ``VIEW_PAGE``, which counts for pages that they may edit."""
    options = KhaltiPayment._meta
    return bool(user.has_perm(f"{options.app_label}.{get_permission_codename(VIEW_PAGE, options)}"))


policy = PaymentPolicy(KhaltiPayment)
settings_policy = SitePermissionPolicy(KhaltiSettings)


def register_policy() -> None:
    """To be called before the policy of payments is looked up."""
    if HAS_REGISTRY:
        from wagtail.permissions import register_permission_policy

        register_permission_policy(KhaltiPayment, policy)
