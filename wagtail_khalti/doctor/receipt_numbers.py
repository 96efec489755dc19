"""Whether receipt numbers run from 1 without gaps and doubles, for each Khalti account and fiscal year."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, Max
from django.utils.translation import gettext as _

from wagtail_khalti.conf import Mode
from wagtail_khalti.dates.nepali import fiscal_year_label
from wagtail_khalti.doctor.finding import Finding, Level, Subject
from wagtail_khalti.models import KhaltiPayment, KhaltiReceiptCounter

Account = tuple[str, str, int]
"""Merchant, mode, and the year in which the fiscal year begins."""


def receipt_numbers() -> Iterator[Finding]:
    """One finding for each account and year with a gap or a double."""
    last = _last_numbers()  # first: a payment that is numbered meanwhile must not look like a gap
    numbers = _numbers()
    for account in sorted(last.keys() | numbers.keys()):
        payments, different, largest = numbers.get(account, (0, 0, 0))
        missing, doubles = max(largest, last.get(account, 0)) - different, payments - different
        if missing or doubles:
            yield _finding(account, missing=missing, doubles=doubles)


def _last_numbers() -> dict[Account, int]:
    rows = KhaltiReceiptCounter.objects.order_by().values_list("merchant", "mode", "year", "last_number")
    return {(merchant, mode, year): last for merchant, mode, year, last in rows}


def _numbers() -> dict[Account, tuple[int, int, int]]:
    """How many payments have a number, how many different ones, and the largest."""
    numbered = KhaltiPayment.objects.order_by().filter(receipt_number__isnull=False)
    rows = numbered.values_list("merchant", "mode", "receipt_year").annotate(
        payments=Count("pk"), different=Count("receipt_number", distinct=True), largest=Max("receipt_number")
    )
    return {
        (merchant, mode, year or 0): (payments, different, largest)
        for merchant, mode, year, payments, different, largest in rows
    }


def _finding(account: Account, *, missing: int, doubles: int) -> Finding:
    merchant, mode, year = account
    return Finding(
        level=Level.ERROR if mode == Mode.LIVE else Level.WARNING,
        subject=Subject.LEDGER,
        name="receipt_numbers",
        sentence=_("Receipt numbers of %(account)s (%(mode)s), %(year)s: %(missing)s missing, %(doubles)s used twice.")
        % {
            "account": merchant,
            "mode": Mode(mode).label,
            "year": fiscal_year_label(year),
            "missing": missing,
            "doubles": doubles,
        },
        remedy=_(
            "Payments were deleted, other code wrote to the tables of this package, or a backup was restored only "
            "partly. Don't renumber receipts that customers have; note the reason for your accountant."
        ),
        numbers={"missing": missing, "doubles": doubles},
    )
