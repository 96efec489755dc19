"""The buttons of an issue that a user is permitted to use."""

from __future__ import annotations

from typing import Any

from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.staff.issues.cards import CHANGE_SETTINGS, Button, IssueCard
from wagtail_khalti.staff.permissions import policy, settings_policy


def permitted_buttons(card: IssueCard, user: Any, payment: KhaltiPayment) -> list[Button]:
    return [button for button in card.buttons if _is_permitted(button, user, payment)]


def _is_permitted(button: Button, user: Any, payment: KhaltiPayment) -> bool:
    permission = button.looks.permission
    if permission == CHANGE_SETTINGS:
        return bool(settings_policy.user_has_permission_for_instance(user, "change", payment))
    if button.needs_pidx and not payment.pidx:
        return False
    return bool(policy.user_has_permission_for_instance(user, permission, payment))
