"""The admin's home page: payments of today and the last seven days, and the open issues."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, QuerySet, Sum, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from wagtail.admin.site_summary import SummaryItem
from wagtail.admin.ui.components import Component

from wagtail_khalti.conf import Mode
from wagtail_khalti.dates.days import today
from wagtail_khalti.formatting import format_number
from wagtail_khalti.models import KhaltiIssue, KhaltiPayment, KhaltiRefund
from wagtail_khalti.reporting import Sums, totals
from wagtail_khalti.staff.fail_safe import fail_safe
from wagtail_khalti.staff.figures import rupees
from wagtail_khalti.staff.issues.attention import (
    count_open_issues,
    format_count,
    once_per_request,
    open_issues,
    permitted_sites_of,
    sees_payments,
)
from wagtail_khalti.staff.modes import default_mode, mode_bar
from wagtail_khalti.staff.periods import as_typed, during
from wagtail_khalti.staff.timestamps import timestamp_of

DAYS = 7
SAMPLE_SIZE = 3  # of the most serious issues


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The totals of some days, each with a link to the payments in it."""

    label: str
    payments: str
    gross: str
    refunded: str
    paid_url: str
    refunded_url: str


def sums_of_today(request: HttpRequest, day: date) -> Sums:
    """A day that isn't over is aggregated live, by the index of when payments and refunds were completed."""
    return once_per_request(request, "today", lambda: _aggregate(request, day))


def _aggregate(request: HttpRequest, day: date) -> Sums:
    paid = KhaltiPayment.objects.filter(mode=default_mode().value, **during("completed_at", day, day))
    refunds = KhaltiRefund.objects.done().filter(amount__isnull=False, **during("resolved_at", day, day))
    # With a plain filter SQLite starts at the payments of this mode, which may be a million.
    refunds = refunds.alias(of_mode=Coalesce("payment__mode", Value(""))).filter(of_mode=default_mode().value)
    paid_sums = _visible_to(request, paid).aggregate(payments=Count("pk"), gross=Coalesce(Sum("amount"), 0))
    refund_sums = _visible_to(request, refunds, "payment__site_id").aggregate(
        refund_count=Count("pk"), refunded=Coalesce(Sum("amount"), 0)
    )
    return Sums(**paid_sums, **refund_sums)


def _visible_to(request: HttpRequest, rows: QuerySet[Any], site: str = "site_id") -> QuerySet[Any]:
    """Filtered so that the database can only use the index by time."""
    permitted_sites = permitted_sites_of(request)
    return (
        rows
        if permitted_sites is None
        else rows.alias(of_site=Coalesce(site, Value(0))).filter(of_site__in=permitted_sites)
    )


def _rows(request: HttpRequest) -> Iterator[Row]:
    """Payments and refunds completed in these days, whenever they were started."""
    day, mode = today(), default_mode()
    of_today = sums_of_today(request, day)
    first = day - timedelta(days=DAYS - 1)
    before = totals(first, day - timedelta(days=1), mode=mode.value, sites=permitted_sites_of(request))
    yield _row(_("Today"), of_today, day, day, mode)
    yield _row(_("Last 7 days"), before.all + of_today, first, day, mode)


def _row(label: str, sums: Sums, first: date, last: date, mode: Mode) -> Row:
    return Row(
        label=label,
        payments=format_number(sums.payments),
        gross=rupees(sums.gross),
        refunded=rupees(sums.refunded),
        paid_url=_list_url(mode, paid_from=first, paid_to=last) if sums.payments else "",
        refunded_url=_list_url(mode, refunded_from=first, refunded_to=last) if sums.refund_count else "",
    )


def _list_url(mode: Mode, **days: date) -> str:
    ends = {name: as_typed(day) for name, day in days.items()}
    return f"{reverse('khalti_payments:index')}?{urlencode({'mode': mode.value, **ends})}"


class PaymentsSummary(SummaryItem):
    """The number of payments today, among the figures of the site."""

    order = 400
    template_name = "wagtail_khalti/staff/summary.html"

    def is_shown(self) -> bool:
        """Aggregated here, so that an error hides the item."""
        return fail_safe("the summary", lambda: sees_payments(self.request) and bool(self._sums), otherwise=False)

    @property
    def _sums(self) -> Sums:
        return sums_of_today(self.request, today())

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        mode, day = default_mode(), today()
        return {
            "count": self._sums.payments,
            "number": format_number(self._sums.payments),
            "url": _list_url(mode, paid_from=day, paid_to=day),
            "is_test": mode is not Mode.LIVE,
        }


class PaymentsPanel(Component):
    """Shown to users who may view payments; for others it costs no query."""

    name = "khalti_payments"
    order = 150
    template_name = "wagtail_khalti/staff/panel.html"

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def render_html(self, parent_context: Any = None) -> SafeString:
        return fail_safe("the home page", lambda: self._render(parent_context), otherwise=SafeString(""))

    def _render(self, parent_context: Any) -> SafeString:
        return super().render_html(parent_context) if sees_payments(self.request) else SafeString("")

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        count = count_open_issues(self.request)
        return {
            "rows": list(_rows(self.request)),
            "count": format_count(count) if count else "",
            "issues": [_issue_context(issue) for issue in self._most_serious()] if count else [],
            "issues_url": reverse("khalti_issues:index"),
            "mode_bar": mode_bar(default_mode()),
        }

    def _most_serious(self) -> QuerySet[KhaltiIssue]:
        return open_issues(self.request, default_mode()).select_related("payment")[:SAMPLE_SIZE]


def _issue_context(issue: KhaltiIssue) -> dict[str, Any]:
    return {
        "title": str(issue.get_kind_display()),
        "sentence": issue.sentence,
        "url": reverse("khalti_payments:inspect", args=[issue.payment_id]),
        "reference": issue.payment.readable_reference,
        "since": timestamp_of(issue.opened_at),
    }


def payments_summary(request: HttpRequest, items: list[Any]) -> None:
    items.append(PaymentsSummary(request))


def payments_panel(request: HttpRequest, panels: list[Any]) -> None:
    panels.append(PaymentsPanel(request))
