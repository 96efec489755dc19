"""The peers in the admin: a listing, a page and a report of the same table, made of Wagtail's own views as its manual
says, with the columns, filters, search and export that the package's have."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import URLPattern, path
from django.utils.functional import cached_property
from django_filters import DateFromToRangeFilter
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import BaseColumn, Column, DateColumn, StatusTagColumn
from wagtail.admin.views.generic import IndexView
from wagtail.admin.views.reports import ReportView
from wagtail.admin.viewsets.model import ModelViewSet

from benchmarks.models import PlainPayment
from wagtail_khalti.staff.figures import rupees

PER_PAGE = 20
EXPORTED = [
    *("readable_reference", "get_status_display", "get_mode_display", "started", "started_bs", "paid", "paid_bs"),
    *("purpose", "customer_name", "customer_email", "customer_phone"),
    *(
        "rupees",
        "gross",
        "fee_rupees",
        "refunded",
        "net",
        "unconfirmed",
        "refundable_balance",
        "refund_count",
        "refund_details",
    ),
    *("khalti_status", "pidx", "transaction_id", "purchase_order_id"),
    *("merchant", "hostname", "source_title", "block_path", "language"),
]
HEADINGS = {name: name.replace("_", " ").capitalize() for name in EXPORTED}
SEARCHED = [
    *("reference", "pidx", "transaction_id", "purchase_order_id"),
    *("customer_email", "customer_phone", "customer_name", "purpose"),
]

MORE_COLUMNS: list[BaseColumn] = [
    DateColumn("created_at", label="Started", sort_key="created_at"),
    Column("customer_name", label="Customer"),
    Column("amount", label="Amount", accessor=lambda payment: rupees(payment.amount)),
    StatusTagColumn("get_status_display", label="Status", primary=lambda payment: payment.is_paid),
    Column("get_mode_display", label="Mode"),
    Column("source_title", label="Page"),
]


class PlainFilters(WagtailFilterSet):
    created_at = DateFromToRangeFilter(label="Started", widget=DateRangePickerWidget)
    completed_at = DateFromToRangeFilter(label="Paid", widget=DateRangePickerWidget)

    class Meta:
        model = PlainPayment
        fields = ["status", "mode"]


class ExportsRelated:
    """Without this each row would cost a query more."""

    is_export: bool

    def get_base_queryset(self) -> QuerySet[Any]:
        payments = super().get_base_queryset()  # type: ignore[misc]  # of the view that this is mixed into
        return payments.select_related("site") if self.is_export else payments


class PlainListView(ExportsRelated, IndexView):
    pass


class PlainViewSet(ModelViewSet):
    model = PlainPayment
    name = "plain_payments"
    add_to_reference_index = False
    copy_view_enabled = False
    inspect_view_enabled = True
    exclude_form_fields = ()
    index_view_class = PlainListView
    list_display = ["purpose", *MORE_COLUMNS]
    list_per_page = PER_PAGE
    list_export = EXPORTED
    export_headings = HEADINGS
    filterset_class = PlainFilters
    search_fields = SEARCHED
    search_backend_name = None
    ordering = ("-created_at", "-pk")


class PlainReportView(ExportsRelated, ReportView):
    model = PlainPayment
    page_title = "Plain report"
    index_url_name = "plain_report"
    index_results_url_name = "plain_report_results"
    paginate_by = PER_PAGE
    default_ordering = ("-created_at", "-pk")
    filterset_class = PlainFilters
    is_searchable = True
    search_fields = SEARCHED
    list_export = EXPORTED
    export_headings = HEADINGS

    @cached_property
    def columns(self) -> list[BaseColumn]:
        return [Column("purpose", label="Purpose"), *MORE_COLUMNS]


def plain_viewset() -> PlainViewSet:
    return PlainViewSet()


def plain_report_urls() -> list[URLPattern]:
    return [
        path("plain-report/", PlainReportView.as_view(), name="plain_report"),
        path("plain-report/results/", PlainReportView.as_view(results_only=True), name="plain_report_results"),
    ]
