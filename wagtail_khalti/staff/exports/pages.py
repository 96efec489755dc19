"""The page of exports, and its downloads: payments and refunds, and the daily summary."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.log_actions import log

from wagtail_khalti.conf import Mode
from wagtail_khalti.dates.days import today
from wagtail_khalti.formatting import format_zone
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.reporting import totals
from wagtail_khalti.staff.exports.period import ExportPeriodForm, quick_range_links
from wagtail_khalti.staff.exports.preview import count_payments, duration_notes, filter_labels, format_count
from wagtail_khalti.staff.exports.spreadsheets.files import FileType, days_file, payments_file
from wagtail_khalti.staff.exports.streaming import stream_file
from wagtail_khalti.staff.listing.export_button import which_payments
from wagtail_khalti.staff.listing.filters import PaymentFilters
from wagtail_khalti.staff.listing.page import filtered_payments
from wagtail_khalti.staff.modes import mode_bar, mode_of
from wagtail_khalti.staff.periods import time_zone_note
from wagtail_khalti.staff.permissions import EXPORT, PERSONAL, policy
from wagtail_khalti.staff.timestamps import is_elsewhere

SEARCH = "q"  # may be a customer's e-mail address or number, so it is not logged
FILTERS = frozenset(name + end for name in PaymentFilters.base_filters for end in ("", "_from", "_to"))
MAX_LOGGED_LENGTH = 200  # characters


class ExportView(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """Which payments are exported, and a button for each type of file."""

    model = KhaltiPayment
    permission_required = EXPORT
    http_method_names = ("get",)
    template_name = "wagtail_khalti/staff/export.html"
    header_icon = "download"
    index_url_name = ""
    inspect_url_name = ""

    def get_page_title(self) -> str:
        return _("Export")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        payments = f"{reverse('khalti_payments:index')}?{self.query}"
        return [
            *self.breadcrumbs_items,
            {"url": payments, "label": _("Payments")},
            {"url": "", "label": self.get_page_title()},
        ]

    @cached_property
    def mode(self) -> Mode:
        return mode_of(self.request)

    @cached_property
    def query(self) -> str:
        return which_payments(self.request).urlencode()

    @cached_property
    def payments(self) -> QuerySet[KhaltiPayment]:
        """Raises ``ValidationError`` with messages for staff if a filter is not valid."""
        return filtered_payments(self.request, permission=EXPORT)

    @cached_property
    def period(self) -> ExportPeriodForm:
        return ExportPeriodForm(self.request)

    @property
    def is_technical(self) -> bool:
        return bool(self.request.GET.get("technical"))

    @property
    def file_type(self) -> FileType:
        file_format = self.request.GET.get("format")
        return FileType.XLSX if file_format == FileType.XLSX else FileType.CSV

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = which_payments(self.request)
        asked["mode"] = self.mode.value
        context: dict[str, Any] = super().get_context_data(
            mode=self.mode,
            mode_bar=mode_bar(self.mode),
            parameters=[(name, value) for name, values in asked.lists() for value in values],
            list_url=f"{reverse('khalti_payments:index')}?{asked.urlencode()}",
            may_see_customers=policy.user_has_permission(self.request.user, PERSONAL),
            period=self.period,
            zone=self._zone(),
            time_zone_note=time_zone_note(),
            **self._which(),
            **kwargs,
        )
        days = self.period.cleaned_data if self.period.is_valid() else {}
        return context | {"quick_ranges": quick_range_links(self.request, days.get("first"), days.get("last"))}

    def _zone(self) -> str:
        """The site's, if the user's own is another."""
        now = timezone.now()
        return format_zone(now) if is_elsewhere(now) else ""

    def _which(self) -> dict[str, Any]:
        try:
            count = count_payments(self.payments)
        except ValidationError as error:
            return {"errors": error.messages}
        filters = list(filter_labels(self.request))
        return {
            "count": count,
            "payment_count": format_count(count),
            "duration_notes": duration_notes(count),
            "filters": filters,
        }

    def refuse(self) -> HttpResponse:
        """Show the page again with the errors."""
        return self.render_to_response(self.get_context_data(), status=400)

    def send(self, parts: Iterator[bytes], what: str, name: str) -> HttpResponseBase:
        """Logged first: a download that was cut off has been exported as well."""
        data = {"what": what, "format": self.file_type.value, "mode": self.mode.value, **self.log_details()}
        log(instance=self.request.user, action="wagtail_khalti.export", data=data)
        return stream_file(self.request, parts, self.file_type, f"{name}.{self.file_type.value}")

    def log_details(self) -> dict[str, Any]:
        """For the log: only known filters, since the query string may contain anything, and no search term."""
        asked = which_payments(self.request)
        filters = {name: str(asked[name]).replace("\x00", "")[:MAX_LOGGED_LENGTH] for name in asked if name in FILTERS}
        return {"filters": filters, **({"searched": True} if asked.get(SEARCH) else {})}


class PaymentsDownload(ExportView):
    """The payments that the list shows with the same query, of those sites that the user may export."""

    def get(  # type: ignore[override]  # Django's stubs know of no answer that is streamed
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        try:
            payments = self.payments
        except ValidationError:
            return self.refuse()
        unredacted = policy.permitted_sites(request.user, [PERSONAL])
        parts = payments_file(payments, self.file_type, unredacted_sites=unredacted, technical=self.is_technical)
        return self.send(parts, "payments", f"khalti-payments-{self.mode.value}-{today()}")


class DaysDownload(ExportView):
    """The daily totals of a period, for all payments of the mode, whatever the filters of the list are."""

    def get(  # type: ignore[override]  # Django's stubs know of no answer that is streamed
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        if not self.period.is_valid():
            return self.refuse()
        first, last = self.period.cleaned_data["first"], self.period.cleaned_data["last"]
        sites = policy.permitted_sites(request.user, [EXPORT])
        found = totals(first, last, mode=self.mode.value, sites=sites)
        name = f"khalti-days-{self.mode.value}-{first}-to-{last}"
        return self.send(days_file(found, self.file_type), "days", name)

    def log_details(self) -> dict[str, Any]:
        return {name: str(day) for name, day in self.period.cleaned_data.items()}
