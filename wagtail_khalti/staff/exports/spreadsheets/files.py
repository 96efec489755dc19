"""The files that can be taken along, in the language of who asks."""

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
    personal_sites: Collection[int] | None,
    technical: bool = False,
) -> Iterator[bytes]:
    """With what went back of each; in a workbook the refunds have a sheet of their own besides.

    ``personal_sites``: of which people's names and numbers may be seen; None for all, empty for none.
    ``technical``: with the columns that developers need besides.
    """
    if file_type is FileType.CSV:
        rows = Payments(refunds=Refunds(), personal_sites=personal_sites, technical=technical)
        return as_csv.write_csv(rows.sheet(payments))
    kept = Spool()
    refunds = Refunds(kept, personal_sites=personal_sites)
    first = Payments(refunds=refunds, personal_sites=personal_sites, technical=technical).sheet(payments)
    return _closing(kept, write_xlsx([first, refunds.sheet(kept)]))


def days_file(totals: Totals, file_type: FileType) -> Iterator[bytes]:
    """A row for each day, and one for all of them."""
    if file_type is FileType.CSV:
        return as_csv.write_csv(sheet_of_days(totals, sums_itself=False))
    return write_xlsx([sheet_of_days(totals, sums_itself=True)])


def _closing(kept: Spool, parts: Iterator[bytes]) -> Iterator[bytes]:
    with kept:
        yield from parts
