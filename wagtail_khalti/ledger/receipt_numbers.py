"""Receipt numbers: consecutive per Khalti account and fiscal year of Nepal, without gaps and doubles.

A number is taken in the transaction that makes a payment paid. Whoever comes second waits for the counter's row, and
whoever is killed or rolled back has taken none.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Max, Q

from wagtail_khalti.database.plain_sql import Sql, update_rows
from wagtail_khalti.dates.nepali import day_in_nepal, fiscal_year_start
from wagtail_khalti.models import KhaltiPayment, KhaltiReceiptCounter

LAST_NUMBER = (
    f"(SELECT last_number FROM {KhaltiReceiptCounter._meta.db_table} WHERE merchant = %s AND mode = %s AND year = %s)"  # noqa: S608 - our names
)


class CounterMissing(Exception):
    """The fiscal year has no counter yet. It can't be created in the same transaction without deadlocks on MariaDB."""


def take_number(payment: KhaltiPayment, *, paid_at: datetime) -> dict[str, Any]:
    """Count one up. Returns the columns for the UPDATE that makes ``payment`` paid.

    Call it first in that transaction. If the UPDATE then changes nothing, roll back, or a number would be missing.
    Raises ``CounterMissing``: leave the transaction, call ``prepare_counter``, and try again.
    """
    year = _year_of(paid_at)
    counter = {"merchant": payment.merchant, "mode": payment.mode, "year": year}
    if not update_rows(KhaltiReceiptCounter, {"last_number": Sql(text="last_number + 1")}, where=Q(**counter)):
        raise CounterMissing(f"{payment.merchant}, {payment.mode}: no receipt numbers of {year} yet")
    return {"receipt_year": year, "receipt_number": Sql(text=LAST_NUMBER, values=list(counter.values()))}


def prepare_counter(payment: KhaltiPayment, *, paid_at: datetime) -> None:
    """Create the year's counter. Correct one that is behind, as after a partly restored backup. Any number at once."""
    account, year = {"merchant": payment.merchant, "mode": payment.mode}, _year_of(paid_at)
    numbered = KhaltiPayment.objects.filter(**account, receipt_year=year)
    last = numbered.aggregate(last=Max("receipt_number"))["last"] or 0
    counters = KhaltiReceiptCounter.objects.filter(**account, year=year)
    if not counters.filter(last_number__lt=last).update(last_number=last):
        new = KhaltiReceiptCounter(**account, year=year, last_number=last)
        KhaltiReceiptCounter.objects.bulk_create([new], ignore_conflicts=True)


def _year_of(moment: datetime) -> int:
    return fiscal_year_start(day_in_nepal(moment))
