"""The menu: how much needs somebody is said in it, on each page of the admin."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.sidebar import LinkMenuItem

from wagtail_khalti.staff.inbox.attention import count_matters, sees_payments, write_count
from wagtail_khalti.staff.sparing import spared


class NeedsYouItem(MenuItem):
    """Wagtail keeps the item for all requests; what it says is of one."""

    def is_shown(self, request: HttpRequest) -> bool:
        return spared("the menu", lambda: sees_payments(request), otherwise=False)

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
        """A number only where there is something: who sees none has nothing to do."""
        count = spared("the menu", lambda: count_matters(request), otherwise=0)
        return _("Needs you (%(count)s)") % {"count": write_count(count)} if count else str(self.label)
