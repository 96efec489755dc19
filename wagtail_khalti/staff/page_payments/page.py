"""The payments of one page: what they come to, and each with its answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import swapper
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from wagtail.admin.ui.tables import BaseColumn, Table
from wagtail.admin.views.generic.base import BaseListingView
from wagtail.admin.views.pages.utils import get_breadcrumbs_items_for_page
from wagtail.admin.widgets.button import HeaderButton

from wagtail_khalti.formatting import format_number
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.staff.listing.asked import OF_A_PAGE, AskedPayments
from wagtail_khalti.staff.listing.paging import CAP, CappedPaginator
from wagtail_khalti.staff.modes import mode_bar
from wagtail_khalti.staff.page_payments.access import PageAccess, access_to
from wagtail_khalti.staff.page_payments.columns import STARTED, answer_columns, columns
from wagtail_khalti.staff.page_payments.figures import Figure, figures_of
from wagtail_khalti.staff.page_payments.filters import PagePaymentFilters, search
from wagtail_khalti.staff.page_payments.questions import Questions
from wagtail_khalti.staff.page_payments.totals import totals_of
from wagtail_khalti.staff.page_payments.translations import translations_of
from wagtail_khalti.staff.permissions import VIEW, policy
from wagtail_khalti.text.answers import AnswerReader

MAX_ANSWER_COLUMNS = 10  # of the list; all others stand in one more


class PagePaymentsView(AskedPayments, BaseListingView):
    """For editors of the page who may view payments of own pages, and for who may view those of its site."""

    model = KhaltiPayment
    http_method_names = ("get",)
    permission = VIEW
    """That users who don't edit the page need for its site."""
    template_name = "wagtail_khalti/staff/page_payments.html"
    results_template_name = "wagtail_khalti/staff/page_payments_results.html"
    table_classname = "listing khalti-page-payments"
    header_icon = "wagtail-khalti"
    filterset_class = PagePaymentFilters
    is_searchable = True
    default_ordering = f"-{STARTED}"
    paginate_by = 50
    of_one_page = (*OF_A_PAGE, "format")
    page: Any
    access: PageAccess

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.page = get_object_or_404(swapper.load_model("wagtailcore", "Page"), pk=kwargs["pk"]).specific

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.access = self.get_access()
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    def get_access(self) -> PageAccess:
        """Raises ``PermissionDenied``."""
        access = access_to(self.page, self.request.user)
        if access is None:
            raise PermissionDenied
        return access

    # Which payments

    def get_base_queryset(self) -> QuerySet[KhaltiPayment]:
        payments: QuerySet[KhaltiPayment] = self.access.payments(self.permission).filter(mode=self.mode.value)
        return payments

    def search_queryset(self, queryset: QuerySet[KhaltiPayment]) -> QuerySet[KhaltiPayment]:
        return search(queryset, self.search_query, names=self.access.names) if self.is_searching else queryset

    def order_queryset(self, queryset: QuerySet[KhaltiPayment]) -> QuerySet[KhaltiPayment]:
        return queryset.order_by(self.ordering, "-pk" if self.ordering.startswith("-") else "pk")

    def get_paginator(self, queryset: QuerySet[KhaltiPayment], per_page: int, **options: Any) -> CappedPaginator:
        return CappedPaginator(queryset, per_page, **options)

    # What is said of each

    @cached_property
    def columns(self) -> list[BaseColumn]:
        return columns(payer_of=self.payer_of, url_of=self.url_of)

    def get_table(self, object_list: Sequence[KhaltiPayment]) -> Table:
        """With the answers to the questions that these payments have."""
        reader, questions = AnswerReader(), Questions(MAX_ANSWER_COLUMNS)
        answers = {payment.pk: reader.read(payment.answers) for payment in object_list if self.may_name(payment)}
        for found in answers.values():
            questions.add(found)
        cells = {payment.pk: questions.cells(answers.get(payment.pk, [])) for payment in object_list}
        added = answer_columns(questions.headings, lambda payment: cells[payment.pk])
        return Table([*self.columns, *added], object_list, **self.get_table_kwargs())

    def payer_of(self, payment: KhaltiPayment) -> str:
        """Also who can't see the payer's data can tell two payers apart."""
        name = payment.customer_name if self.may_name(payment) else ""
        contact = payment.customer_email or payment.customer_phone if self._is_on(payment, self.contacts) else ""
        return name or contact or payment.masked_phone

    def may_name(self, payment: KhaltiPayment) -> bool:
        return self._is_on(payment, self.names)

    def url_of(self, payment: KhaltiPayment) -> str | None:
        may_see = self._is_on(payment, self.sites)
        return reverse("khalti_payments:inspect", args=[payment.pk]) if may_see else None

    # Read once, and not for each row.

    @cached_property
    def names(self) -> Any:
        return self.access.names

    @cached_property
    def contacts(self) -> Any:
        return self.access.contacts

    @cached_property
    def sites(self) -> Any:
        return policy.permitted_sites(self.request.user, [VIEW])

    def _is_on(self, payment: KhaltiPayment, sites: Any) -> bool:
        return sites is None or payment.site_id in sites

    # What is said of them all

    def get_page_title(self) -> str:
        return _("Payments")

    def get_page_subtitle(self) -> str:
        return str(self.page.get_admin_display_title())

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        above = get_breadcrumbs_items_for_page(self.page, self.request.user) or list(self.breadcrumbs_items)
        return [*above, {"url": "", "label": self.get_page_title(), "sublabel": self.get_page_subtitle()}]

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        if not self.access.may_export:
            return []
        files = (("csv", _("Download (CSV)")), ("xlsx", _("Download (Excel)")))
        return [
            HeaderButton(label=label, url=self.url_of_file(file_format), icon_name="download")
            for file_format, label in files
        ]

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        return context | {
            "mode_bar": mode_bar(self.mode, url_of=lambda value: self.url_with(mode=value)),
            "figures": self.get_figures(),
            "complaints": self.filters.complaints,
            "plain_form": self.filters.get_form_class()(self.filters.data, auto_id="plain_%s"),
            "matches": context["paginator"].items_count_label,
            "more_than": format_number(CAP) if context["paginator"].is_capped else "",
            "without_filters": f"{self.index_url}?mode={self.mode.value}",
            "translations": translations_of(self.page, self.request.user, f"mode={self.mode.value}"),
            "hides_names": self.names is not None,
        }

    def get_figures(self) -> list[Figure]:
        """Of all payments of the page in this mode, whatever the filters are."""
        url = f"{self.index_url}?mode={self.mode.value}"
        return figures_of(totals_of(self.get_base_queryset()), url_of=lambda status: f"{url}&status={status}")

    # Addresses

    def get_index_url(self) -> str:
        return reverse("khalti_pages:payments", args=[self.page.pk])

    def get_index_results_url(self) -> str:
        return reverse("khalti_pages:payments_results", args=[self.page.pk])

    def url_of_file(self, file_format: str) -> str:
        return self.url_with(reverse("khalti_pages:payments_file", args=[self.page.pk]), format=file_format)
