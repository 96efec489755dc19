"""Needs attention: the open issues, the most serious first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import django_filters
from django import forms
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.paginator import WagtailPaginator
from wagtail.admin.views.generic.base import BaseListingView
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.viewsets.base import ViewSet

from wagtail_khalti.conf import Mode
from wagtail_khalti.formatting import format_number
from wagtail_khalti.models import KhaltiIssue, KhaltiPayment
from wagtail_khalti.staff.figures import rupees
from wagtail_khalti.staff.issues.attention import open_issues
from wagtail_khalti.staff.issues.cards import Button, IssueCard, card_of
from wagtail_khalti.staff.issues.details import MAX_VALUE_LENGTH, details_of
from wagtail_khalti.staff.issues.menu import NeedsAttentionItem
from wagtail_khalti.staff.issues.resolving import ResolveView
from wagtail_khalti.staff.issues.rights import permitted_buttons
from wagtail_khalti.staff.listing.filters import OneOf
from wagtail_khalti.staff.modes import MODE_CHOICES, default_mode, mode_bar, mode_of
from wagtail_khalti.staff.permissions import VIEW, policy
from wagtail_khalti.staff.redaction import redaction_for
from wagtail_khalti.staff.timestamps import Timestamp, timestamp_of

MAX_ISSUES = 1000  # that can be paged through; beyond that, filter by kind
PER_PAGE = 20


class IssuePaginator(WagtailPaginator):
    """Counts no further than ``MAX_ISSUES``, and in the list's order: otherwise SQLite reads resolved issues, too."""

    @cached_property
    def count(self) -> int:
        counted: int = self.object_list[:MAX_ISSUES].count()
        return counted

    @property
    def items_count_label(self) -> str:
        if self.count == MAX_ISSUES:
            return _("%(count)s issues or more") % {"count": format_number(MAX_ISSUES)}
        return ngettext("%(count)s issue", "%(count)s issues", self.count) % {"count": format_number(self.count)}


class IssueFilters(WagtailFilterSet):
    """Live and test issues are never shown together."""

    mode = OneOf(label=gettext_lazy("Mode"), choices=MODE_CHOICES, empty_label=None, method="unfiltered")
    kind = django_filters.MultipleChoiceFilter(
        label=gettext_lazy("Issue"),
        choices=KhaltiIssue.Kind.choices,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = KhaltiIssue
        fields = ()

    def __init__(self, data: Any = None, queryset: Any = None, *, request: HttpRequest, prefix: Any = None) -> None:
        params = (request.GET if data is None else data).copy()
        params["mode"] = mode_of(request).value
        super().__init__(params, queryset, request=request, prefix=prefix)
        self.filters["mode"].extra["initial"] = default_mode().value

    def unfiltered(self, issues: QuerySet[KhaltiIssue], name: str, value: str) -> QuerySet[KhaltiIssue]:
        return issues  # the view's queryset is of one mode already


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueRow:
    """An issue in the list."""

    issue: KhaltiIssue
    card: IssueCard
    buttons: list[Button]
    """Those that the user is permitted to use."""
    details: list[tuple[str, str]]

    @property
    def amount(self) -> str:
        return rupees(self.issue.payment.amount)

    @property
    def since(self) -> Timestamp:
        return timestamp_of(self.issue.opened_at)


class IssueListView(PermissionCheckedMixin, BaseListingView):
    """Each issue with its advice and the buttons that the user may use."""

    model = KhaltiPayment
    permission_policy = policy
    any_permission_required = [VIEW]
    page_title = gettext_lazy("Needs attention")
    header_icon = "clipboard-list"
    index_url_name = "khalti_issues:index"
    index_results_url_name = "khalti_issues:index_results"
    template_name = "wagtail_khalti/staff/issues.html"
    results_template_name = "wagtail_khalti/staff/issues_results.html"
    filterset_class = IssueFilters
    paginator_class = IssuePaginator
    paginate_by = PER_PAGE
    default_ordering = None
    columns: list[Any] = []

    @cached_property
    def mode(self) -> Mode:
        return mode_of(self.request)

    def get_base_queryset(self) -> QuerySet[KhaltiIssue]:
        issues = open_issues(self.request, self.mode)
        return issues.select_related("payment").prefetch_related("payment__refunds")

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        is_filtering = bool(self.filters) and "kind" in self.filters.form.changed_data
        return context | {
            "rows": list(self._rows(context["object_list"])),
            "is_filtering": is_filtering,  # the mode does not count as a filter
            "mode_bar": mode_bar(self.mode, url_of=lambda value: self._url(mode=value)),
            "without_filters": self._url(mode=self.mode.value),
            "list_url": f"{reverse('khalti_payments:index')}?mode={self.mode.value}",
        }

    def _url(self, *, mode: str) -> str:
        return f"{self.index_url}?mode={mode}"

    def _rows(self, issues: Iterable[KhaltiIssue]) -> Iterator[IssueRow]:
        for issue in issues:
            card = card_of(issue, issue.payment.refunds.all())
            buttons = permitted_buttons(card, self.request.user, issue.payment)
            redaction = redaction_for(self.request.user, issue.payment)
            details = [(label, redaction.of(value)[:MAX_VALUE_LENGTH]) for label, value in details_of(issue)]
            yield IssueRow(issue=issue, card=card, buttons=buttons, details=details)


class IssueViewSet(ViewSet):
    """The list of issues, and the page that resolves one."""

    name = "khalti_issues"
    menu_label = gettext_lazy("Needs attention")
    menu_name = "khalti-issues"
    menu_icon = icon = "clipboard-list"
    menu_order = 251  # after the payments
    add_to_admin_menu = True
    menu_item_class = NeedsAttentionItem

    @property
    def menu_url(self) -> str:
        return reverse("khalti_issues:index")

    def get_urlpatterns(self) -> list[URLPattern]:
        resolve = transaction.non_atomic_requests(ResolveView.as_view())
        return [
            path("", IssueListView.as_view(), name="index"),
            path("results/", IssueListView.as_view(results_only=True), name="index_results"),
            path("resolve/<int:pk>/", resolve, name="resolve"),
        ]
