"""The list of payments: when, for what, who, how much, did it work."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.admin.ui.tables import BaseColumn, BulkActionsCheckboxColumn
from wagtail.admin.views.generic import IndexView
from wagtail.admin.widgets.button import ListingButton

from wagtail_khalti.formatting import format_number
from wagtail_khalti.models import KhaltiIssue, KhaltiPayment
from wagtail_khalti.staff.listing.asked import AskedPayments
from wagtail_khalti.staff.listing.bulk_buttons import bulk_buttons
from wagtail_khalti.staff.listing.columns import ROW, columns
from wagtail_khalti.staff.listing.export_button import export_buttons
from wagtail_khalti.staff.listing.filters import PaymentFilters
from wagtail_khalti.staff.listing.orders import PAID, STARTED, Sorting, sorting_of
from wagtail_khalti.staff.listing.paging import CAP, CappedPaginator, count_up_to_cap
from wagtail_khalti.staff.listing.plans import visible_to
from wagtail_khalti.staff.listing.row_menus import RowMenus
from wagtail_khalti.staff.listing.search import LIMIT, Found, find
from wagtail_khalti.staff.modes import MODES, mode_bar, mode_of
from wagtail_khalti.staff.permissions import PERSONAL, VIEW, policy


def _visible_to(request: HttpRequest, permission: str = VIEW) -> QuerySet[KhaltiPayment]:
    """Of every mode: the filters always choose one."""
    return visible_to(request.user, KhaltiPayment.objects.order_by(), permission, request.GET)


def filtered_payments(request: HttpRequest, *, permission: str = VIEW) -> QuerySet[KhaltiPayment]:
    """What the list shows with this query string, in no order.

    Raises ``ValidationError`` in words where it can't be meant, or where the search finds too many.
    """
    payments = _visible_to(request, permission)
    filters = PaymentFilters(request.GET, request=request)
    if not filters.is_valid():
        raise ValidationError(filters.complaints)
    found = found_by(request)
    if found and found.is_cut:
        raise ValidationError(too_many())
    filtered: QuerySet[KhaltiPayment] = filters.filter_queryset(payments)
    return filtered.filter(pk__in=found.keys) if found else filtered


def found_by(request: HttpRequest) -> Found | None:
    """What is looked for; None where nothing is."""
    text = request.GET.get("q", "").strip()
    if not text:
        return None
    sites = policy.permitted_sites(request.user, [VIEW])
    return find(text, mode_of(request).value, sites=sites, personal=_personal(request))


def _personal(request: HttpRequest) -> Collection[int] | None:
    return policy.permitted_sites(request.user, [PERSONAL])


def too_many() -> str:
    return _("More than %(limit)s payments begin like this: type more.") % {"limit": format_number(LIMIT)}


class PaymentListView(AskedPayments, IndexView):
    """Found by what a customer can read out."""

    any_permission_required = ["view"]
    is_searchable = True
    show_other_searches = True

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.is_export = False  # Wagtail's would need no permission, and hold all rows in memory

    @cached_property
    def header_buttons(self) -> list[Any]:
        return [*super().header_buttons, *export_buttons(self.request)]

    @cached_property
    def columns(self) -> list[BaseColumn]:
        menus = RowMenus(self.request.user, next_url=self.url_with())
        checkboxes = [BulkActionsCheckboxColumn("bulk_actions", obj_type=ROW)] if self.bulk_buttons else []
        return [
            *checkboxes,
            *columns(
                sortable=self.sorting.columns,
                url_of=self.get_inspect_url,
                customer_of=self.customer_of,
                buttons_of=menus.of,
            ),
        ]

    @cached_property
    def bulk_buttons(self) -> list[ListingButton]:
        """Of ours those that the person may use, and all that the site added."""
        return bulk_buttons(self.request.user)

    @cached_property
    def personal(self) -> Collection[int] | None:
        """The sites of whose customers the names may be seen; None for all."""
        return _personal(self.request)

    def customer_of(self, payment: KhaltiPayment) -> str:
        if self.personal is None or payment.site_id in self.personal:
            return payment.customer_name or payment.customer_email or payment.customer_phone
        return payment.masked_phone

    # Which payments

    def get_base_queryset(self) -> QuerySet[KhaltiPayment]:
        return _visible_to(self.request)

    @cached_property
    def found(self) -> Found | None:
        return found_by(self.request)

    def search_queryset(self, queryset: QuerySet[KhaltiPayment]) -> QuerySet[KhaltiPayment]:
        return queryset.filter(pk__in=self.found.keys) if self.found else queryset

    # In which order, and how many

    @cached_property
    def counted(self) -> int:
        """How many match, as far as the pager counts."""
        return count_up_to_cap(self.search_queryset(self.filter_queryset(self.get_base_queryset())))

    @cached_property
    def sorting(self) -> Sorting:
        is_whole = not self.found and policy.permitted_sites(self.request.user, [VIEW]) is None
        return sorting_of(
            usual=PAID if self.filters.is_by_payment else STARTED,
            chosen=self.filters.chosen,
            is_whole=is_whole,
            is_short=self.counted <= CAP,
        )

    def get_ordering(self) -> str:
        asked = self.request.GET.get("ordering")
        return str(asked) if asked in self.get_valid_orderings() else f"-{self.sorting.usual}"

    def order_queryset(self, queryset: QuerySet[KhaltiPayment]) -> QuerySet[KhaltiPayment]:
        return self.sorting.sort(queryset, self.ordering)

    def get_paginator(self, queryset: QuerySet[KhaltiPayment], per_page: int, **options: Any) -> CappedPaginator:
        parts = self.sorting.querysets(queryset, self.ordering)
        return CappedPaginator(queryset, per_page, counted=self.counted, parts=parts, **options)

    def paginate_queryset(self, queryset: QuerySet[KhaltiPayment], page_size: int) -> Any:
        paginator, page, rows, has_others = super().paginate_queryset(queryset, page_size)
        issues = KhaltiIssue.objects.open().filter(payment__in=[row.pk for row in rows])
        in_question = set(issues.values_list("payment_id", flat=True))
        for row in rows:
            row.needs_a_look = row.pk in in_question
        return paginator, page, rows, has_others

    # What is said of it

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        return context | {
            "bulk_buttons": self.bulk_buttons,
            "mode_bar": mode_bar(self.mode, url_of=lambda value: self.url_with(mode=value)),
            "complaints": self.filters.complaints,
            "plain_form": self.filters.get_form_class()(self.filters.data, auto_id="plain_%s"),
            "matches": self._matches(context["paginator"]),
            "more_than": format_number(CAP) if context["paginator"].is_capped else "",
            "too_many": too_many() if self.found and self.found.is_cut else "",
            "elsewhere": self._elsewhere(),
            "hidden_by_filters": bool(self.found and self.found.keys),
            "without_filters": self.url_of(mode=self.mode, q=self.search_query),
            "may_ask_for_persons": self.personal is None or bool(self.personal),
        }

    def _matches(self, paginator: CappedPaginator) -> str:
        if paginator.is_capped:
            return _("More than %(count)s payments match.") % {"count": format_number(CAP)}
        words = ngettext("%(count)s payment matches.", "%(count)s payments match.", paginator.count)
        return words % {"count": format_number(paginator.count)}

    def _elsewhere(self) -> list[tuple[str, str]]:
        """Where else the number is known, while it isn't here."""
        if not self.found or self.found.keys:
            return []
        return [
            (
                ngettext(
                    "%(count)s payment is found in “%(mode)s”: show it",
                    "%(count)s payments are found in “%(mode)s”: show them",
                    self.found.elsewhere[mode],
                )
                % {"count": format_number(self.found.elsewhere[mode]), "mode": mode.label},
                self.url_of(mode=mode, q=self.search_query),
            )
            for mode in MODES
            if mode in self.found.elsewhere
        ]

    def url_of(self, **asked: str) -> str:
        """Of a list of which only this is asked."""
        query = self.request.GET.copy()
        query.clear()
        query.update({name: value for name, value in asked.items() if value})
        return f"{self.index_url}?{query.urlencode()}"
