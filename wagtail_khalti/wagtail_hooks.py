"""Table of contents of the staff side: registers, never decides."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from wagtail import hooks

from wagtail_khalti.embedded import reconcile_after_this_answer


def reconcile_after_admin_page(request: HttpRequest, menu_items: list[Any]) -> None:
    reconcile_after_this_answer()


hooks.register("construct_main_menu", reconcile_after_admin_page)  # each full page of the admin has the menu
