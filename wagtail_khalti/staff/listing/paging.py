"""Pages that cost the same however many payments there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.admin.paginator import WagtailPaginator

from wagtail_khalti.formatting import format_number
from wagtail_khalti.models import KhaltiPayment

CAP = 10_000  # rows; who looks for an older one narrows the list


def count_up_to_cap(payments: QuerySet[KhaltiPayment]) -> int:
    """One more than ``CAP`` where there are more."""
    return payments.order_by()[: CAP + 1].count()


class CappedPaginator(WagtailPaginator):
    """Counts no further than ``CAP``, and goes no further."""

    def __init__(
        self,
        object_list: QuerySet[KhaltiPayment],
        per_page: int,
        *,
        counted: int | None = None,
        parts: Sequence[QuerySet[KhaltiPayment]] = (),
        **options: Any,
    ) -> None:
        """``counted``: by ``count_up_to_cap``, where it was; ``parts``: the same payments, one part after the other."""
        super().__init__(object_list, per_page, **options)
        self._counted = count_up_to_cap(object_list) if counted is None else counted
        self._parts = parts or [object_list]

    @cached_property
    def count(self) -> int:
        return min(self._counted, CAP)

    @cached_property
    def is_capped(self) -> bool:
        """Whether there are more than can be paged through."""
        return self._counted > CAP

    @cached_property
    def items_count_label(self) -> str:
        if self.is_capped:
            return _("%(count)s+ payments") % {"count": format_number(CAP)}
        return ngettext("%(count)s payment", "%(count)s payments", self.count) % {"count": format_number(self.count)}

    def page(self, number: Any) -> Any:
        """First the keys, for which an index is enough; then the rows of these."""
        number = self.validate_number(number)
        first = (number - 1) * self.per_page
        last = min(first + self.per_page, self.count)
        keys = self._keys(first, last)
        rows = self.object_list.model._default_manager.in_bulk(keys)
        return self._get_page([rows[key] for key in keys if key in rows], number, self)

    def _keys(self, first: int, last: int) -> list[int]:
        keys: list[int] = []
        for part in self._parts:
            found = list(part.values_list("pk", flat=True)[first:last])
            keys += found
            if len(found) == last - first:
                break
            size = first + len(found) if found else part.order_by()[:first].count()
            first, last = max(first - size, 0), last - size
        return keys
