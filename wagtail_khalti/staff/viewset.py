"""The payments in Wagtail's admin: the list, a page for each, and its actions. Nothing is edited here."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.admin_url_finder import ModelAdminURLFinder
from wagtail.admin.viewsets.model import ModelViewSet

from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.staff.exports.pages import DaysDownload, ExportView, PaymentsDownload
from wagtail_khalti.staff.listing.bulk_actions import RefreshStatusNow
from wagtail_khalti.staff.listing.filters import PaymentFilters
from wagtail_khalti.staff.listing.page import PaymentListView
from wagtail_khalti.staff.payment.actions import CheckView, EnterAmountView, RecordRefundView, ResolveRefundView
from wagtail_khalti.staff.payment.deliveries import RedeliverView
from wagtail_khalti.staff.payment.notes import NoteView
from wagtail_khalti.staff.payment.page import PaymentHistoryView, PaymentView
from wagtail_khalti.staff.payment.receipts import ReceiptView
from wagtail_khalti.staff.payment.refunding import RefundView
from wagtail_khalti.staff.payment.webhooks import ResendWebhookView
from wagtail_khalti.staff.permissions import HAS_REGISTRY, VIEW, policy

READ_ONLY = {"add_url_name", "edit_url_name", "delete_url_name", "usage_url_name"}


class PaymentURLFinder(ModelAdminURLFinder):
    """Links Wagtail's site history to a payment's page, as there is no page to edit it."""

    def construct_edit_url(self, instance: KhaltiPayment) -> str:
        return reverse("khalti_payments:inspect", args=[instance.pk])

    def get_edit_url(self, instance: KhaltiPayment) -> str | None:
        is_hidden = self.user and not policy.user_has_permission_for_instance(self.user, VIEW, instance)
        return None if is_hidden else self.construct_edit_url(instance)


class PaymentViewSet(ModelViewSet):
    """Read-only: payments change only through actions."""

    model = KhaltiPayment
    name = "khalti_payments"
    menu_label = _("Payments")
    icon = "wagtail-khalti"
    menu_order = 250
    add_to_admin_menu = True
    add_to_reference_index = False
    copy_view_enabled = False
    inspect_view_enabled = True
    exclude_form_fields = ()
    index_view_class = PaymentListView
    index_template_name = "wagtail_khalti/staff/list.html"
    index_results_template_name = "wagtail_khalti/staff/list_results.html"
    inspect_view_class = PaymentView
    inspect_template_name = "wagtail_khalti/staff/payment.html"
    history_view_class = PaymentHistoryView
    filterset_class = PaymentFilters
    search_backend_name = None
    if not HAS_REGISTRY:
        permission_policy = policy

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        common = super().get_common_view_kwargs(**kwargs)
        return {name: value for name, value in common.items() if name not in READ_ONLY}

    @property
    def url_finder_class(self) -> type[PaymentURLFinder]:
        return PaymentURLFinder

    def get_urlpatterns(self) -> list[URLPattern]:
        kept = ("index", "index_results", "inspect", "history", "history_results")
        return [
            *(pattern for pattern in super().get_urlpatterns() if pattern.name in kept),
            path("export/", self._view(ExportView), name="export"),
            path("export/payments/", self._view(PaymentsDownload), name="export_payments"),
            path("export/days/", self._view(DaysDownload), name="export_days"),
            path("refresh/", transaction.non_atomic_requests(_refresh), name="refresh"),
            path("check/<int:pk>/", self._view(CheckView), name="check"),
            path("refund/<int:pk>/", self._view(RefundView), name="refund"),
            path("record-refund/<int:pk>/", self._view(RecordRefundView), name="record_refund"),
            path("receipt/<int:pk>/", self._view(ReceiptView), name="receipt"),
            path("note/<int:pk>/", self._view(NoteView), name="note"),
            path("redeliver/<int:pk>/", self._view(RedeliverView), name="redeliver"),
            path("webhooks/<int:pk>/resend/", self._view(ResendWebhookView), name="resend_webhook"),
            path("refunds/<str:reference>/resolve/", self._view(ResolveRefundView), name="resolve_refund"),
            path("refunds/<str:reference>/amount/", self._view(EnterAmountView), name="enter_amount"),
        ]

    def _view(self, view_class: type[Any]) -> Any:
        """Outside of the request's transaction: an action commits before it calls Khalti."""
        return transaction.non_atomic_requests(self.construct_view(view_class, **self.get_common_view_kwargs()))


def _refresh(request: HttpRequest) -> HttpResponse:
    """Called as Wagtail calls its bulk actions."""
    return RefreshStatusNow(request).dispatch(request)
