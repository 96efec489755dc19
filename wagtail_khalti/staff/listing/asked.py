"""What the query string of a list of payments asks for, in whichever list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property

from wagtail_khalti.conf import Mode
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.staff.modes import mode_of

OF_A_PAGE = ("p", "_w_filter_fragment")
"""What of a query holds only for the list that is shown, and for no other."""


class AskedFilters:
    """For a filter set of payments, before its class."""

    form: Any

    @property
    def chosen(self) -> list[str]:
        """What narrows the list; the mode only says of which list one speaks."""
        return [name for name in self.form.changed_data if name != "mode"]

    @property
    def complaints(self) -> list[str]:
        """What can't be meant, in words, with the name of the filter before."""
        return [f"{self.form[name].label}: {text}" for name, texts in self.form.errors.items() for text in texts]


class AskedPayments:
    """For a listing view of Wagtail's, before its class."""

    request: HttpRequest
    search_kwarg: str
    filters: Any
    index_url: str

    of_one_page: Sequence[str] = OF_A_PAGE

    @cached_property
    def mode(self) -> Mode:
        return mode_of(self.request)

    @cached_property
    def search_query(self) -> str:
        return str(self.request.GET.get(self.search_kwarg, "")).strip()

    @cached_property
    def is_filtering(self) -> bool:
        return bool(self.filters.chosen)

    def filter_queryset(self, queryset: QuerySet[KhaltiPayment]) -> QuerySet[KhaltiPayment]:
        if not self.filters.is_valid():
            return queryset.none()
        filtered: QuerySet[KhaltiPayment] = self.filters.filter_queryset(queryset)
        return filtered

    def url_with(self, url: str = "", **changes: str) -> str:
        """Of the same payments with something changed; ``url``: of another page or file of them."""
        asked = self.request.GET.copy()
        for name in self.of_one_page:
            asked.pop(name, None)
        for name, value in changes.items():
            asked[name] = value
        return f"{url or self.index_url}?{asked.urlencode()}"
