"""What an export will contain and how long it will take, shown before the download."""

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

MAX_COUNT = 1_000_000  # payments; counting more would take too long
MIN_SLOW_COUNT = 20_000  # payments; a smaller export takes only a moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """Of a usual server, rather too slow than too fast; a busy one needs longer."""

    rows_per_second: int
    bytes_per_row: int


SPEEDS = {
    FileType.CSV: Speed(rows_per_second=10_000, bytes_per_row=200),
    FileType.XLSX: Speed(rows_per_second=10_000, bytes_per_row=100),
}


def filter_labels(request: HttpRequest) -> Iterator[tuple[str, str]]:
    """Name and value of each active filter, as above the list. The filters have to be valid."""
    filters = PaymentFilters(request.GET, request=request)
    if filters.is_valid():
        for name in filters.chosen:
            yield from _labels_of(filters, name, request)
    if text := request.GET.get("q", "").strip():
        yield _("Search"), f"“{text}”"


def _labels_of(filters: PaymentFilters, name: str, request: HttpRequest) -> Iterator[tuple[str, str]]:
    chosen = filters.filters[name]
    adapter = filter_adapter_class_registry.get(chosen)
    value = filters.form.cleaned_data.get(name)
    for active in adapter(chosen, filters.form[name], value, "", request.GET.copy()).get_active_filters():
        yield str(active.field_label), str(active.value)


def count_payments(payments: QuerySet[KhaltiPayment]) -> int:
    return payments.order_by()[: MAX_COUNT + 1].count()


def format_count(count: int) -> str:
    if count > MAX_COUNT:
        return _("More than %(count)s payments") % {"count": format_number(MAX_COUNT)}
    return ngettext("%(count)s payment", "%(count)s payments", count) % {"count": format_number(count)}


def duration_notes(count: int) -> list[str]:
    """A line for each type of file; none for a small export."""
    return [_line(count, file_type) for file_type in SPEEDS] if count >= MIN_SLOW_COUNT else []


def _line(count: int, file_type: FileType) -> str:
    speed = SPEEDS[file_type]
    seconds, megabytes = count // speed.rows_per_second, count * speed.bytes_per_row // 1_000_000
    note = _("%(type)s: about %(seconds)s seconds, %(megabytes)s MB")
    if count > MAX_COUNT:
        note = _("%(type)s: more than %(seconds)s seconds, and more than %(megabytes)s MB")
    return note % {
        "type": file_type.label,
        "seconds": format_number(max(seconds, 1)),
        "megabytes": format_number(max(megabytes, 1)),
    }
