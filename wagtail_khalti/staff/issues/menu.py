"""The menu item “Needs attention”, with the number of open issues."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.sidebar import LinkMenuItem

from wagtail_khalti.staff.fail_safe import fail_safe
from wagtail_khalti.staff.issues.attention import count_open_issues, format_count, sees_payments


class NeedsAttentionItem(MenuItem):
    """Wagtail keeps one item for all requests; the number is that of the current one."""

    def is_shown(self, request: HttpRequest) -> bool:
        return fail_safe("the menu", lambda: sees_payments(request), otherwise=False)

    def render_component(self, request: HttpRequest) -> Any:
        return LinkMenuItem(
            self.name,
            self._label(request),
            self.url,
            icon_name=self.icon_name,
            classname=self.classname,
            attrs=self.attrs,
        )

    def _label(self, request: HttpRequest) -> str:
        """Without a number if no issue is open."""
        count = fail_safe("the menu", lambda: count_open_issues(request), otherwise=0)
        return _("Needs attention (%(count)s)") % {"count": format_count(count)} if count else str(self.label)
