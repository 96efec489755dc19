"""The sheet of the daily summary, with a row of totals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.utils.translation import gettext as _

from wagtail_khalti.dates.nepali import format_bs
from wagtail_khalti.reporting import Sums, Totals
from wagtail_khalti.staff.exports.spreadsheets.cells import plain_rupees
from wagtail_khalti.staff.exports.spreadsheets.shared_columns import summed_columns
from wagtail_khalti.xlsx import Chunk, Column, Kind, Sheet


def sheet_of_days(totals: Totals, *, sums_itself: bool) -> Sheet:
    """``sums_itself``: whether the file format has formulas; otherwise the last row contains the totals."""
    cells = _cells(totals.by_day) if sums_itself else _with_total(_cells(totals.by_day), totals.all)
    return Sheet(title=_("Days"), columns=_columns(), chunks=[cells], total=_("Total"))


def _columns() -> Sequence[Column]:
    """In the order of ``_cells``."""
    return (
        Column(heading=_("Day (AD)"), kind=Kind.DAY, width=12),
        Column(heading=_("Day (BS)"), kind=Kind.BS_DAY, width=12),
        Column(heading=_("Payments"), kind=Kind.NUMBER, width=12, is_summed=True),
        *summed_columns("gross", "fee", "refunds", "refunded", "net").values(),
    )


def _cells(by_day: Mapping[date, Sums]) -> Chunk:
    days = sorted(by_day)
    return [[day.isoformat() for day in days], list(map(format_bs, days)), *_sums([by_day[day] for day in days])]


def _with_total(cells: Chunk, all_days: Sums) -> Chunk:
    return [[*above, *last] for above, last in zip(cells, [[_("Total")], [""], *_sums([all_days])], strict=True)]


def _sums(sums: Sequence[Sums]) -> Chunk:
    return [
        [str(each.payments) for each in sums],
        _rupees(each.gross for each in sums),
        _rupees(each.fee for each in sums),
        [str(each.refund_count) for each in sums],
        _rupees(each.refunded for each in sums),
        _rupees(each.net for each in sums),
    ]


def _rupees(sums: Iterable[int]) -> Sequence[str]:
    return [plain_rupees(paisa) for paisa in sums]
