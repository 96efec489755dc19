"""Fills the database with the payments of three years, by copies of a seed made inside the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone
from wagtail.models import Page

from benchmarks.staff.bare_tables import bare_tables, references_unwatched
from benchmarks.staff.seed import OF_THE_SITE, Seed, make_seed, source_of
from wagtail_khalti.conf import configuration
from wagtail_khalti.models import (
    KhaltiDelivery,
    KhaltiEvent,
    KhaltiIssue,
    KhaltiPayment,
    KhaltiRefund,
    KhaltiSearchEntry,
)
from wagtail_khalti.models.issue import RISKS
from wagtail_khalti.models.reporting import KhaltiCheckoutView, KhaltiDailyTotal, KhaltiSnapshot

YEARS = timedelta(days=3 * 365)
LAST = timedelta(hours=2)  # ago, so that every payment has reached its final status
AT_A_TIME = 200  # rows in one bulk_create
MIN_OPEN_ISSUES = 60  # more than one page, so that the page is full with few and with many payments
PAYMENTS_PER_OPEN_ISSUE = 10_000
OF_PAYMENTS = (KhaltiDelivery, KhaltiEvent, KhaltiIssue, KhaltiRefund, KhaltiSearchEntry)
ALL = (*OF_PAYMENTS, KhaltiPayment, KhaltiDailyTotal, KhaltiSnapshot)
"""In deletion order."""

FRESH = {
    "reference": "REPLACE(REPLACE(UPPER(SUBSTR(MD5({turn} || reference), 1, 16)), '0', 'G'), '1', 'H')",
    "purchase_order_id": "REPLACE(REPLACE(UPPER(SUBSTR(MD5({turn} || reference), 1, 16)), '0', 'G'), '1', 'H')",
    "pidx": "SUBSTR(MD5({turn} || pidx), 1, 22)",
    "transaction_id": "CASE transaction_id WHEN '' THEN '' ELSE SUBSTR(MD5({turn} || transaction_id), 1, 22) END",
    "customer_email": "SUBSTR(MD5({turn} || reference), 1, 8) || '.' || customer_email",
    "customer_phone": "CAST(9800000000 + id + {payments} AS VARCHAR(10))",
    # The people of each copy have a middle name of their own, by which they are found, too.
    "customer_name": "REPLACE(customer_name, ' ', ' X' || SUBSTR(MD5({turn}), 1, 5) || ' ')",
    "text": "CASE WHEN is_personal THEN REPLACE(text, ' ', ' x' || SUBSTR(MD5({turn}), 1, 5) || ' ') ELSE text END",
}
"""What no two payments share, or few, by column. In letters and digits without an order, as Khalti's are."""


def fill_ledger(count: int, pages: Sequence[Page]) -> None:
    """Fill the database with so many payments of the site's mode, and two test payments for each hundred."""
    turns = max(1, count // OF_THE_SITE)
    span = YEARS / turns
    seed = make_seed(pages, begin=timezone.now() - LAST - YEARS, span=span)
    with references_unwatched(), transaction.atomic():
        _remove_all()
        with bare_tables(seed):
            _store(seed)
            _set_aside(seed)
            for turn in range(1, turns):
                _copy(seed, turn, int(span.total_seconds() * turn))
        _advance_sequences(seed)
        _open_issues(max(MIN_OPEN_ISSUES, count // PAYMENTS_PER_OPEN_ISSUE))
    analyze()


def add_checkout_views(pages: Sequence[Page]) -> None:
    """Views of each page's checkout on each day of the three years, independent of the number of payments."""
    merchant, today = configuration().merchant(), timezone.localdate()
    sources = [source_of(number, pages) for number in range(len(pages))]
    KhaltiCheckoutView.objects.bulk_create(
        (
            KhaltiCheckoutView(
                day=today - timedelta(days=day),
                dimensions=f"{number}",
                mode=merchant.mode,
                merchant=merchant.name,
                count=1 + (day + number) % 50,
                **place,
            )
            for day in range(YEARS.days)
            for number, place in enumerate(sources)
        ),
        batch_size=AT_A_TIME,
    )


def analyze() -> None:
    """Update the planner's statistics. PostgreSQL would do so itself soon."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _remove_all() -> None:
    tables = [model._meta.db_table for model in ALL]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            return cursor.execute(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY CASCADE")
        for table in tables:
            cursor.execute(f"DELETE FROM {table}")
    return None


def _store(seed: Seed) -> None:
    for model, rows in seed.items():
        own = [field.name for field in model._meta.fields if getattr(field, "auto_now_add", False)]
        moments = [[getattr(row, name) for name in own] for row in rows]
        model._default_manager.bulk_create(rows, batch_size=AT_A_TIME)
        if not own:
            continue
        for row, kept in zip(rows, moments, strict=True):
            for name, moment in zip(own, kept, strict=True):
                setattr(row, name, moment)  # bulk_create has written that of now
        model._default_manager.bulk_update(rows, own, batch_size=AT_A_TIME)


def _set_aside(seed: Seed) -> None:
    """Copy the seed into tables of its own, so that it need not be found among the copies."""
    with connection.cursor() as cursor:
        for model in seed:
            table = model._meta.db_table
            cursor.execute(f"DROP TABLE IF EXISTS seed_of_{table}")
            cursor.execute(f"CREATE TEMPORARY TABLE seed_of_{table} AS SELECT * FROM {table}")


def _copy(seed: Seed, turn: int, seconds: int) -> None:
    """All of the seed, later by so many seconds."""
    with connection.cursor() as cursor:
        for model in seed:
            table, fields = model._meta.db_table, model._meta.concrete_fields
            columns = ", ".join(field.column for field in fields)
            values = ", ".join(_value(seed, field, turn, seconds) for field in fields)
            cursor.execute(f"INSERT INTO {table} ({columns}) SELECT {values} FROM seed_of_{table} ORDER BY id")


def _value(seed: Seed, field: Any, turn: int, seconds: int) -> str:
    """Of one column of a copy: a key of its own, a later time, an id that no other has, or the same."""
    column, model = field.column, field.related_model if field.is_relation else None
    if field.primary_key or model in seed:
        return f"{column} + {turn * len(seed[model or field.model])}"
    if isinstance(field, models.DateTimeField):
        return _later(column, seconds)
    if column in FRESH:
        return FRESH[column].format(turn=f"'{turn}-'", payments=turn * len(seed[KhaltiPayment]))
    return str(column)


def _later(column: str, seconds: int) -> str:
    if connection.vendor == "postgresql":
        return f"{column} + INTERVAL '{seconds} seconds'"
    return f"STRFTIME('%Y-%m-%d %H:%M:%S', {column}, '+{seconds} seconds')"  # as Django writes whole seconds


def _advance_sequences(seed: Seed) -> None:
    """Move the sequences past the assigned keys."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for model in seed:
            table = model._meta.db_table
            cursor.execute(f"SELECT SETVAL(PG_GET_SERIAL_SEQUENCE('{table}', 'id'), (SELECT MAX(id) FROM {table}))")


def _open_issues(count: int) -> None:
    """Spread evenly over the payments of the site's mode, of the most common kinds."""
    kinds = (KhaltiIssue.Kind.AMOUNT_MISMATCH, KhaltiIssue.Kind.LATE_PAYMENT, KhaltiIssue.Kind.UNKNOWN_STATUS)
    payments = KhaltiPayment.objects.filter(mode=configuration().merchant().mode).order_by("pk")
    last = payments.order_by("-pk").values_list("pk", flat=True)[0]
    KhaltiIssue.objects.bulk_create(
        KhaltiIssue(
            payment=payments.filter(pk__gt=number * (last - 1) // count)[0],
            kind=kinds[number % len(kinds)],
            risk=RISKS.get(kinds[number % len(kinds)], KhaltiIssue.Risk.UNCLEAR),
            details={"total_amount": 100, "status": "Held"},
        )
        for number in range(count)
    )
