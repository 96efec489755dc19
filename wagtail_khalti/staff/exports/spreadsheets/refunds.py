"""Refunds, as part of the row of their payment and on a sheet of their own."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _
from wagtail.admin.utils import get_user_display_name

from wagtail_khalti.models import KhaltiRefund
from wagtail_khalti.models.refund import DONE, IN_PROGRESS, Method
from wagtail_khalti.staff.exports.spreadsheets.cells import bs_of_day, day_in_nepal_of, day_of, plain_rupees, plain_time
from wagtail_khalti.staff.exports.spreadsheets.shared_columns import redacted, reference_column, summed_columns
from wagtail_khalti.xlsx import Chunk, Column, Kind, Sheet, Spool

FIELDS = (
    "payment_id",
    "state",
    "method",
    "amount",
    "resolved_at",
    "created_at",
    "reason",
    "requested_by",
    "payment__site_id",
)
Row = tuple[int, str, str, int | None, datetime | None, datetime, str, int | None, int | None]


@dataclass(slots=True)
class RefundSummary:
    """The refunds of one payment. Amounts are in paisa."""

    number: int = 0
    refunded: int = 0
    unconfirmed: int = 0
    lines: list[str] = field(default_factory=list)


NOTHING = RefundSummary()


class Refunds:
    """The refunds of the payments of one export.

    They are put into ``spool``, which fills the sheet of refunds without another query, so that both sheets agree.
    """

    def __init__(self, spool: Spool | None = None, *, unredacted_sites: Collection[int] | None = None) -> None:
        """``unredacted_sites``: sites whose reasons the user may read, since they may name customers; None for all."""
        self.spool = spool
        self.unredacted_sites = unredacted_sites
        self.ways = {method.value: str(method.label) for method in Method}
        self.not_known = _("amount not known yet")
        self.people: dict[int | None, str] = {None: ""}
        self.title, self.total, self.columns = _("Refunds"), _("Total"), _columns()

    def of(self, payments: Mapping[int, str]) -> Mapping[int, RefundSummary]:
        """By primary key of the payment; ``payments``: their references by primary key."""
        if not payments:
            return {}
        refunds = KhaltiRefund.objects.filter(payment__in=list(payments), state__in=DONE | IN_PROGRESS)
        rows: list[Row] = list(refunds.order_by("pk").values_list(*FIELDS))
        found: dict[int, RefundSummary] = {}
        for row in rows:
            self._count(row, found.setdefault(row[0], RefundSummary()))
        if self.spool:
            self._spool([row for row in rows if row[1] in DONE], payments, self.spool)
        return found

    def sheet(self, spool: Spool) -> Sheet:
        return Sheet(title=self.title, columns=self.columns, chunks=spool.chunks(), total=self.total)

    def _count(self, row: Row, summary: RefundSummary) -> None:
        _payment, state, method, amount, resolved_at, created_at, *_more = row
        if state in IN_PROGRESS:
            summary.unconfirmed += amount or 0
            return
        summary.number += 1
        summary.refunded += amount or 0
        day = day_of(plain_time(resolved_at or created_at))
        summary.lines.append(f"{day}: {self._amount(amount, resolved_at)} ({self.ways[method]})")

    def _amount(self, amount: int | None, resolved_at: datetime | None) -> str:
        return self.not_known if amount is None and resolved_at is None else plain_rupees(amount or 0)

    def _spool(self, rows: Sequence[Row], payments: Mapping[int, str], spool: Spool) -> None:
        self._load_names(row[7] for row in rows)
        if rows:
            spool.put(self._cells(rows, payments))

    def _cells(self, rows: Sequence[Row], payments: Mapping[int, str]) -> Chunk:
        times = [row[4] or row[5] for row in rows]
        return [
            list(map(plain_time, times)),
            [bs_of_day(day_in_nepal_of(time)) for time in times],
            [payments[row[0]] for row in rows],
            [plain_rupees(row[3]) for row in rows],
            [self.ways[row[2]] for row in rows],
            redacted([row[6] for row in rows], [row[8] for row in rows], self.unredacted_sites),
            [self.people.get(row[7], "") for row in rows],
        ]

    def _load_names(self, people: Iterable[int | None]) -> None:
        unknown = {person for person in people if person is not None and person not in self.people}
        if unknown:
            users = get_user_model()._default_manager.filter(pk__in=unknown)
            self.people |= {user.pk: get_user_display_name(user) for user in users}


def _columns() -> Sequence[Column]:
    """In the order of ``_cells``."""
    return (
        Column(heading=_("Refunded on (AD)"), kind=Kind.TIME, width=17),
        Column(heading=_("Refunded on (BS)"), kind=Kind.BS_DAY, width=16),
        reference_column(),
        *summed_columns("refunded").values(),
        Column(heading=_("Method"), width=20),
        Column(heading=_("Reason"), width=40),
        Column(heading=_("Requested by"), width=24),
    )
