"""The sheet of payments, one row each."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from wagtail.models import Site

from wagtail_khalti.conf import Mode
from wagtail_khalti.dates.nepali import fiscal_year_label
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.models.references import in_groups_of_four
from wagtail_khalti.models.site_settings import site_display_name
from wagtail_khalti.models.status import PAID, WITH_REFUNDS, Status
from wagtail_khalti.staff.exports.spreadsheets.cells import (
    CachedText,
    bs_of_day,
    day_in_nepal_of,
    plain_rupees,
    plain_time,
)
from wagtail_khalti.staff.exports.spreadsheets.payment_columns import CUSTOMER_COLUMNS, payment_columns
from wagtail_khalti.staff.exports.spreadsheets.refunds import NOTHING, Refunds, RefundSummary
from wagtail_khalti.staff.exports.spreadsheets.rows import walk
from wagtail_khalti.staff.exports.spreadsheets.shared_columns import redacted
from wagtail_khalti.text.answers import AnswerReader
from wagtail_khalti.xlsx import Cells, Chunk, Column, Sheet

UNCHANGED = (
    *("purpose", "khalti_status", "transaction_id", "purchase_order_id"),
    *("merchant", "source_title", "block_path", "language"),
)
FIELDS = (
    *("pk", "reference", "status", "created_at", "completed_at", "amount", "fee", "refund_total", "site_id"),
    *("mode", "receipt_year", "receipt_number"),
)
"""Always read."""
TECHNICAL = ("pidx",)
SUMS = ("gross", "fee", "refunded", "net", "unconfirmed", "refundable")

Values = Mapping[str, Sequence[Any]]
"""A chunk as the database has it, by field."""


class Payments:
    """Translates everything at the beginning: the user's language isn't active while the response is streamed."""

    def __init__(self, *, refunds: Refunds, unredacted_sites: Collection[int] | None, technical: bool = False) -> None:
        """``unredacted_sites``: whose customer data the user may see; None for all.

        ``technical``: with additional columns for developers.
        """
        self.refunds = refunds
        self.unredacted_sites = None if unredacted_sites is None else frozenset(unredacted_sites)
        self.title, self.total = _("Payments"), _("Total")
        self.answers = AnswerReader()
        with_customer = unredacted_sites is None or bool(unredacted_sites)
        self.columns = self._columns(payment_columns(with_customer=with_customer, technical=technical))
        self.customer = [name for name in CUSTOMER_COLUMNS if name in self.columns]
        self.plain = [name for name in self.columns if name in UNCHANGED]
        self.fields = (*FIELDS, *(TECHNICAL if technical else ()), *self.plain, *self.customer)
        self.labels = {choice.value: str(choice.label) for choice in (*Status, *Mode)}
        self.sites = {site.pk: site_display_name(site) for site in Site.objects.all()}
        self.receipt_patterns = (_("%(number)s (test)").replace("%(number)s", "%s"), "%s")
        self.years = CachedText(fiscal_year_label)
        self.rupees, self.bs = CachedText(plain_rupees), CachedText(bs_of_day)

    def sheet(self, payments: QuerySet[KhaltiPayment]) -> Sheet:
        columns = list(self.columns.values())
        return Sheet(title=self.title, columns=columns, chunks=self._chunks(payments), total=self.total)

    def _columns(self, available: Mapping[str, Column]) -> Mapping[str, Column]:
        return available

    def _chunks(self, payments: QuerySet[KhaltiPayment]) -> Iterator[Chunk]:
        for rows in walk(payments, self.fields):
            cells = self._cells(dict(zip(self.fields, zip(*rows, strict=True), strict=True)))
            yield [cells[name] for name in self.columns]

    def _cells(self, values: Values) -> Mapping[str, Cells]:
        references = list(map(in_groups_of_four, values["reference"]))
        return {
            **{name: values[name] for name in self.plain},
            **self._customer(values),
            **self._times(values),
            **self._money(values, references),
            "reference": references,
            "receipt_number": self._receipt_numbers(values),
            "status": [self.labels[status] for status in values["status"]],
            "mode": [self.labels[mode] for mode in values["mode"]],
            "pidx": [pidx or "" for pidx in values.get("pidx", ())],
            "site": [self.sites.get(site, "") for site in values["site_id"]],
        }

    def _receipt_numbers(self, values: Values) -> Cells:
        """In the numerals of spreadsheets."""
        rows = zip(values["receipt_year"], values["receipt_number"], values["mode"], strict=True)
        return [
            self.receipt_patterns[mode == Mode.LIVE] % f"{self.years[year]}-{number:05}" if number else ""
            for year, number, mode in rows
        ]

    def _customer(self, values: Values) -> Mapping[str, Cells]:
        cells = {name: values[name] for name in self.customer}
        if "answers" in cells:
            cells["answers"] = list(map(self.answers.in_one_line, values["answers"]))
        return {name: redacted(cells[name], values["site_id"], self.unredacted_sites) for name in cells}

    def _times(self, values: Values) -> Mapping[str, Cells]:
        started = list(map(plain_time, values["created_at"]))
        paid = list(map(plain_time, values["completed_at"]))
        bs = self.bs.__getitem__
        return {
            "started": started,
            "started_bs": list(map(bs, map(day_in_nepal_of, values["created_at"])))
            if "started_bs" in self.columns
            else (),
            "paid": paid,
            "paid_bs": list(map(bs, map(day_in_nepal_of, values["completed_at"]))),
        }

    def _money(self, values: Values, references: Sequence[str]) -> Mapping[str, Cells]:
        summaries = self._refund_summaries(values, references)
        rows = map(_sums, values["status"], values["amount"], values["fee"], summaries)
        written = self.rupees.__getitem__
        return {
            **{name: list(map(written, sums)) for name, sums in zip(SUMS, zip(*rows, strict=True), strict=True)},
            "amount": list(map(written, values["amount"])),
            "refunds": [str(summary.number or "") for summary in summaries],
            "refund_list": ["; ".join(summary.lines) for summary in summaries],
        }

    def _refund_summaries(self, values: Values, references: Sequence[str]) -> Sequence[RefundSummary]:
        """Also of refunds with unknown amount: these show in the status, and in no amount."""
        rows = zip(values["pk"], references, values["refund_total"], values["status"], strict=True)
        concerned = {pk: reference for pk, reference, total, status in rows if total or status in WITH_REFUNDS}
        found = self.refunds.of(concerned)
        return [found.get(pk, NOTHING) for pk in values["pk"]]


def _sums(status: str, amount: int, fee: int | None, refunds: RefundSummary) -> tuple[int | None, ...]:
    """In the order of ``SUMS``; without amounts if it was never paid."""
    unconfirmed = refunds.unconfirmed or None
    if status not in PAID:
        return (None, None, None, None, unconfirmed, None)
    refundable = amount - refunds.refunded
    return (amount, fee, refunds.refunded, refundable - (fee or 0), unconfirmed, refundable - refunds.unconfirmed)
