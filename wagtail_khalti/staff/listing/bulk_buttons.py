"""The buttons that appear at the foot of the list once a payment is selected."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from wagtail.admin.views.bulk_action.registry import bulk_action_registry
from wagtail.admin.widgets.button import ListingButton

PAYMENTS = ("wagtail_khalti", "khaltipayment")


def bulk_buttons(user: Any) -> list[ListingButton]:
    """As Wagtail makes them, without those that lead this person nowhere."""
    actions = sorted(
        bulk_action_registry.get_bulk_actions_for_model(*PAYMENTS), key=lambda action: action.action_priority
    )
    return [_button(action) for action in actions if _is_shown_to(action, user)]


def _is_shown_to(action: Any, user: Any) -> bool:
    """One that the site registered for payments is always shown: it decides by itself who may use it."""
    return bool(action.is_shown_to(user)) if hasattr(action, "is_shown_to") else True


def _button(action: Any) -> ListingButton:
    return ListingButton(
        action.display_name,
        reverse("wagtail_bulk_action", args=[*PAYMENTS, action.action_type]),
        attrs={"aria-label": action.aria_label, "data-bulk-action-button": ""},
        priority=action.action_priority,
        classname=" ".join(sorted(action.classes | {"bulk-action-btn"})),
    )
