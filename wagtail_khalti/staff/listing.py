"""The list of payments: when, for what, who, how much, did it work."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import BaseColumn, Column, DateColumn
from wagtail.admin.views.generic import IndexView

from wagtail_khalti.models import KhaltiPayment, KhaltiReview
from wagtail_khalti.staff.figures import rupees
from wagtail_khalti.staff.tones import TONES

SEARCHED = ["reference", "pidx", "transaction_id", "purchase_order_id"]
"""Whole ids, exactly."""


class StatusColumn(Column):
    """A word in its colour, and whether somebody has to look."""

    cell_template_name = "wagtail_khalti/staff/status_cell.html"

    def get_cell_context_data(self, instance: KhaltiPayment, parent_context: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        return context | {"tone": TONES[instance.status]}


COLUMNS: list[str | BaseColumn] = [
    "purpose",
    DateColumn("created_at", label=_("Started"), sort_key="created_at", classname="khalti-when", width="15%"),
    Column("customer_name", label=_("Name"), classname="khalti-name", width="20%"),
    Column(
        "amount",
        label=_("Amount"),
        accessor=lambda payment: rupees(payment.amount),
        sort_key="amount",
        classname="khalti-amount",
        width="12%",
    ),
    StatusColumn("get_status_display", label=_("Status"), sort_key="status", width="15%"),
    Column("get_mode_display", label=_("Mode"), classname="khalti-mode", width="10%"),
]


class PaymentListView(IndexView):
    """Found by what a customer can read out."""

    any_permission_required = ["view"]

    def get_list_buttons(self, instance: KhaltiPayment) -> list[Any]:
        return []  # the purpose leads to the page, where all else is

    def get_base_queryset(self) -> QuerySet[KhaltiPayment]:
        payments: QuerySet[KhaltiPayment] = super().get_base_queryset()
        matters = KhaltiReview.objects.open().filter(payment=OuterRef("pk"))
        return payments.annotate(needs_a_look=Exists(matters))

    def search_queryset(self, queryset: QuerySet[KhaltiPayment]) -> QuerySet[KhaltiPayment]:
        wanted = (self.search_query or "").strip().replace("\x00", "")[:64]
        if not wanted:
            return queryset
        ids = Q(reference=wanted.replace("-", "").upper())
        for name in ("pidx", "transaction_id", "purchase_order_id"):
            ids |= Q(**{name: wanted})
        return queryset.filter(ids)
