"""What an export is going to hold, and how long it takes, before anybody waits for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.admin.active_filters import filter_adapter_class_registry

from wagtail_khalti.formatting import format_number
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.staff.exports.spreadsheets.files import FileType
from wagtail_khalti.staff.listing.filters import PaymentFilters

CAP = 1_000_000  # payments; to count more would take longer than the answer is worth
LONG = 20_000  # payments, from which on it takes more than a moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Of a usual server, rather too slow than too fast; a busy one needs a multiple."""

    rows_in_a_second: int
    bytes_of_a_row: int


PACES = {
    FileType.CSV: Pace(rows_in_a_second=10_000, bytes_of_a_row=200),
    FileType.XLSX: Pace(rows_in_a_second=10_000, bytes_of_a_row=100),
}


def filters_in_words(request: HttpRequest) -> Iterator[tuple[str, str]]:
    """Name and value of each, as above the list; they have to be valid."""
    filters = PaymentFilters(request.GET, request=request)
    if filters.is_valid():
        for name in filters.chosen:
            yield from _words_of(filters, name, request)
    if text := request.GET.get("q", "").strip():
        yield _("Search"), f"“{text}”"


def _words_of(filters: PaymentFilters, name: str, request: HttpRequest) -> Iterator[tuple[str, str]]:
    chosen = filters.filters[name]
    adapter = filter_adapter_class_registry.get(chosen)
    value = filters.form.cleaned_data.get(name)
    for active in adapter(chosen, filters.form[name], value, "", request.GET.copy()).get_active_filters():
        yield str(active.field_label), str(active.value)


def count_up_to_cap(payments: QuerySet[KhaltiPayment]) -> int:
    return payments.order_by()[: CAP + 1].count()


def how_many(count: int) -> str:
    if count > CAP:
        return _("More than %(count)s payments") % {"count": format_number(CAP)}
    return ngettext("%(count)s payment", "%(count)s payments", count) % {"count": format_number(count)}


def how_long(count: int) -> list[str]:
    """A line for each type of file; none where nobody has to wait."""
    return [_line(count, file_type) for file_type in PACES] if count >= LONG else []


def _line(count: int, file_type: FileType) -> str:
    pace = PACES[file_type]
    seconds, megabytes = count // pace.rows_in_a_second, count * pace.bytes_of_a_row // 1_000_000
    words = _("%(type)s: about %(seconds)s seconds, %(megabytes)s MB")
    if count > CAP:
        words = _("%(type)s: more than %(seconds)s seconds, and more than %(megabytes)s MB")
    return words % {
        "type": file_type.label,
        "seconds": format_number(max(seconds, 1)),
        "megabytes": format_number(max(megabytes, 1)),
    }
