"""The entry "Payments" in Wagtail's menus of a page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin.widgets.button import Button

from wagtail_khalti.staff.fail_safe import fail_safe
from wagtail_khalti.staff.page_payments.access import access_to, payments_of

AFTER_HISTORY, AFTER_HISTORY_IN_ROW = 66, 51  # Wagtail's own entry has 65 and 50


def page_buttons(page: Any, user: Any, *, has_block: Callable[[Any], bool], priority: int) -> list[Button]:
    """At most one: if the user may see payments of this page, and there are any or ``has_block`` says there may be."""
    return fail_safe("the menu of a page", lambda: _buttons(page, user, has_block, priority), [])


def _buttons(page: Any, user: Any, has_block: Callable[[Any], bool], priority: int) -> list[Button]:
    if not page.pk or not access_to(page, user) or not (has_block(page) or payments_of(page).exists()):
        return []
    url = reverse("khalti_pages:payments", args=[page.pk])
    return [Button(_("Payments"), url=url, icon_name="wagtail-khalti", priority=priority)]
