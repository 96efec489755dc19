"""The button above the list that exports the payments it shows."""

from __future__ import annotations

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin.widgets.button import HeaderButton

from wagtail_khalti.staff.permissions import EXPORT, policy

NOT_MEANT = ("p", "ordering", "_w_filter_fragment", "format", "technical", "first", "last")
"""What of a query says nothing of which payments are meant."""


def which_payments(request: HttpRequest) -> QueryDict:
    """The part of the query by which they are chosen."""
    asked = request.GET.copy()
    for name in NOT_MEANT:
        asked.pop(name, None)
    return asked


def export_buttons(request: HttpRequest) -> list[HeaderButton]:
    """For who may export: with the filters as they are."""
    if not policy.user_has_permission(request.user, EXPORT):
        return []
    query = which_payments(request).urlencode()
    url = reverse("khalti_payments:export") + (f"?{query}" if query else "")
    return [HeaderButton(label=_("Export"), url=url, icon_name="download")]
