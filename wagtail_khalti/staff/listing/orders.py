"""The orders in which payments are listed. None of them costs more because there are more payments."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db.models import F, QuerySet
from django.db.models.expressions import OrderBy

from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.staff.listing.plans import hidden

STARTED, PAID, AMOUNT = "created_at", "completed_at", "amount"
RANGE_OF: Mapping[str, str] = {STARTED: "created", PAID: "paid", AMOUNT: "amount"}
"""For each column the filter that the same index serves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorting:
    """The columns by which one list can be sorted.

    An index on the mode and the column serves a list that nothing else narrows, at any length. Of a list that other
    filters narrow, a database would have to read all rows that match, or walk the whole index. That is only offered
    where few rows match; the pager has counted them.
    """

    usual: str
    """The column by which it is sorted where nothing was asked. Always possible."""
    indexed: Collection[str]
    is_short: bool

    @property
    def columns(self) -> list[str]:
        return [name for name in RANGE_OF if self.is_short or name == self.usual or name in self.indexed]

    def sort(self, payments: QuerySet[KhaltiPayment], ordering: str) -> QuerySet[KhaltiPayment]:
        name, is_descending = ordering.removeprefix("-"), ordering.startswith("-")
        last = "-pk" if is_descending else "pk"
        if name == self.usual or name in self.indexed:
            return payments.order_by(ordering, last)
        # Hidden from its index: for the first page of the few that match, a database would walk all of it.
        by_value = OrderBy(F("sorted_by"), descending=is_descending, nulls_last=True)
        return payments.alias(sorted_by=hidden(name)).order_by(by_value, last)

    def querysets(self, payments: QuerySet[KhaltiPayment], ordering: str) -> list[QuerySet[KhaltiPayment]]:
        """Sorted ``payments`` so that unpaid ones come last in either direction.

        Databases disagree on where a missing time belongs. Each of these parts is a piece of the same index.
        """
        name = ordering.removeprefix("-")
        if name != PAID or name == self.usual or name not in self.indexed:
            return [payments]
        unpaid = payments.filter(completed_at=None).order_by("-pk" if ordering.startswith("-") else "pk")
        return [payments.filter(completed_at__isnull=False), unpaid]


def sorting_of(*, usual: str, chosen: Collection[str], is_whole: bool, is_short: bool) -> Sorting:
    """``chosen``: the filters; ``is_whole``: nobody searches, and the payments of all sites are shown."""
    indexed = [name for name, its_range in RANGE_OF.items() if is_whole and set(chosen) <= {its_range}]
    return Sorting(usual=usual, indexed=indexed, is_short=is_short)
