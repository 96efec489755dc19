"""The sheet of days: what each of them came to, and all of them together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.utils.translation import gettext as _

from wagtail_khalti.actions.totals import Sums, Totals
from wagtail_khalti.calendars import write_bs
from wagtail_khalti.staff.exports.spreadsheets.cells import plain_rupees
from wagtail_khalti.staff.exports.spreadsheets.sheet import Chunk, Column, Kind, Sheet


def sheet_of_days(totals: Totals) -> Sheet:
    return Sheet(title=_("Days"), columns=_columns(), chunks=[_cells(totals.by_day, totals.all)])


def _columns() -> Sequence[Column]:
    """In the order of ``_cells``."""
    return (
        Column(heading=_("Day (AD)"), width=12),
        Column(heading=_("Day (BS)"), width=12),
        Column(heading=_("Payments"), kind=Kind.NUMBER, width=12),
        Column(heading=_("Gross"), kind=Kind.MONEY),
        Column(heading=_("Fee"), kind=Kind.MONEY),
        Column(heading=_("Number of refunds"), kind=Kind.NUMBER, width=18),
        Column(heading=_("Refunded"), kind=Kind.MONEY),
        Column(heading=_("Net"), kind=Kind.MONEY),
    )


def _cells(by_day: Mapping[date, Sums], all_days: Sums) -> Chunk:
    days = sorted(by_day)
    sums = [*(by_day[day] for day in days), all_days]
    return [
        [*(day.isoformat() for day in days), _("Total")],
        [*map(write_bs, days), ""],
        [str(each.payments) for each in sums],
        _rupees(each.gross for each in sums),
        _rupees(each.fee for each in sums),
        [str(each.refunds) for each in sums],
        _rupees(each.refunded for each in sums),
        _rupees(each.net for each in sums),
    ]


def _rupees(sums: Iterable[int]) -> Sequence[str]:
    return [plain_rupees(paisa) for paisa in sums]
