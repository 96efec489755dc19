"""Who may see payments, and do what with them: one policy for menu, list, pages and buttons."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wagtail import VERSION
from wagtail.permission_policies import ModelPermissionPolicy

from wagtail_khalti.models import KhaltiPayment

VIEW, CHECK, REFUND = "view", "check", "refund"
DEEDS = frozenset({VIEW, CHECK, REFUND})
HAS_REGISTRY = VERSION >= (8, 0)  # of policies; before, each viewset has its own


class PaymentPolicy(ModelPermissionPolicy):
    """Nobody adds, changes or deletes a payment by hand, not even a superuser. Who may do something may look, too."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        if action == VIEW:
            return any(super(PaymentPolicy, self).user_has_permission(user, deed) for deed in DEEDS)
        return action in DEEDS and bool(super().user_has_permission(user, action))

    def user_has_any_permission(self, user: Any, actions: Iterable[str]) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)

    def users_with_any_permission(self, actions: Iterable[str]) -> Any:
        wanted = DEEDS if VIEW in actions else DEEDS & set(actions)
        users = super().users_with_any_permission(wanted)
        return users if wanted else users.none()  # superusers are in it whatever is asked

    def users_with_permission(self, action: str) -> Any:
        return self.users_with_any_permission([action])


policy = PaymentPolicy(KhaltiPayment)


def register_policy() -> None:
    """Before anybody asks for the policy of payments."""
    if HAS_REGISTRY:
        from wagtail.permissions import register_permission_policy

        register_permission_policy(KhaltiPayment, policy)
