"""The payments of a page as a file."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from wagtail.log_actions import log

from wagtail_khalti.dates.days import today
from wagtail_khalti.staff.exports.spreadsheets.as_csv import write_csv
from wagtail_khalti.staff.exports.spreadsheets.files import FileType
from wagtail_khalti.staff.exports.streaming import stream_file
from wagtail_khalti.staff.page_payments.access import PageAccess
from wagtail_khalti.staff.page_payments.page import PagePaymentsView
from wagtail_khalti.staff.page_payments.sheet import PagePayments, questions_of
from wagtail_khalti.staff.permissions import EXPORT
from wagtail_khalti.xlsx import write_xlsx


class PagePaymentsDownload(PagePaymentsView):
    """What the list shows with the same query, for its editors, and for who may export the payments of its site."""

    permission = EXPORT

    def get_access(self) -> PageAccess:
        access = super().get_access()
        if not access.may_export:
            raise PermissionDenied
        return access

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.filters.is_valid():
            response: HttpResponseBase = super().get(request, *args, **kwargs)
            response.status_code = 400
            return response
        payments = self.get_queryset()
        questions = questions_of(payments, names=self.names)
        sheet = PagePayments(questions, names=self.names, contacts=self.contacts).sheet(payments)
        write = write_csv(sheet) if self.file_type is FileType.CSV else write_xlsx([sheet])
        self._log()
        name = f"khalti-payments-{self.mode.value}-page-{self.page.pk}-{today()}.{self.file_type.value}"
        return stream_file(request, write, self.file_type, name)

    @property
    def file_type(self) -> FileType:
        return FileType.XLSX if self.request.GET.get("format") == FileType.XLSX else FileType.CSV

    def _log(self) -> None:
        """First: a download that was cut off has been exported as well. Without the search, which may be a name."""
        status = self.filters.form.cleaned_data.get("status")
        data = {"what": "page", "page": self.page.pk, "format": self.file_type.value, "mode": self.mode.value}
        filters = {"filters": {"status": status} if status else {}}
        searched = {"searched": True} if self.is_searching else {}
        log(instance=self.request.user, action="wagtail_khalti.export", data=data | filters | searched)
