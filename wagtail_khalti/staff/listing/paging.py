"""Pages that cost the same however many payments there are."""

from __future__ import annotations

from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.admin.paginator import WagtailPaginator

from wagtail_khalti.formatting import format_number

CAP = 10_000  # rows; who looks for an older one narrows the list


class CappedPaginator(WagtailPaginator):
    """Counts no further than ``CAP``, and goes no further."""

    @cached_property
    def count(self) -> int:
        return min(self._counted, CAP)

    @cached_property
    def is_capped(self) -> bool:
        """Whether there are more than can be paged through."""
        return self._counted > CAP

    @cached_property
    def _counted(self) -> int:
        counted: int = self.object_list.order_by()[: CAP + 1].count()
        return counted

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
        keys = list(self.object_list.values_list("pk", flat=True)[first:last])
        rows = self.object_list.model._default_manager.in_bulk(keys)
        return self._get_page([rows[key] for key in keys if key in rows], number, self)
