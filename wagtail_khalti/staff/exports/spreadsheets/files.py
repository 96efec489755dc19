"""The files that can be exported, in the user's language."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from django.db.models import QuerySet, TextChoices

from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.reporting import Totals
from wagtail_khalti.staff.exports.spreadsheets import as_csv
from wagtail_khalti.staff.exports.spreadsheets.days import sheet_of_days
from wagtail_khalti.staff.exports.spreadsheets.payments import Payments
from wagtail_khalti.staff.exports.spreadsheets.refunds import Refunds
from wagtail_khalti.xlsx import CONTENT_TYPE, Spool, write_xlsx


class FileType(TextChoices):
    """What a spreadsheet opens."""

    CSV = "csv", "CSV"
    """One table, for any program."""
    XLSX = "xlsx", "Excel"
    """A workbook: several tables, and numbers that are numbers."""

    @property
    def content_type(self) -> str:
        return as_csv.CONTENT_TYPE if self is FileType.CSV else CONTENT_TYPE


def payments_file(
    payments: QuerySet[KhaltiPayment],
    file_type: FileType,
    *,
    unredacted_sites: Collection[int] | None,
    technical: bool = False,
) -> Iterator[bytes]:
    """Payments with their refunds; a workbook also has a separate sheet of refunds.

    ``unredacted_sites``: whose customer data the user may see; None for all, empty for none.
    ``technical``: with additional columns for developers.
    """
    if file_type is FileType.CSV:
        rows = Payments(refunds=Refunds(), unredacted_sites=unredacted_sites, technical=technical)
        return as_csv.write_csv(rows.sheet(payments))
    spool = Spool()
    refunds = Refunds(spool, unredacted_sites=unredacted_sites)
    first = Payments(refunds=refunds, unredacted_sites=unredacted_sites, technical=technical).sheet(payments)
    return _closing(spool, write_xlsx([first, refunds.sheet(spool)]))


def days_file(totals: Totals, file_type: FileType) -> Iterator[bytes]:
    """A row per day, and one of totals."""
    if file_type is FileType.CSV:
        return as_csv.write_csv(sheet_of_days(totals, sums_itself=False))
    return write_xlsx([sheet_of_days(totals, sums_itself=True)])


def _closing(spool: Spool, parts: Iterator[bytes]) -> Iterator[bytes]:
    with spool:
        yield from parts
