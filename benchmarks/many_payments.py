"""Fills the database with payments."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.utils import timezone

from benchmarks.canned_khalti import DEFAULT_AMOUNT
from wagtail_khalti.conf import configuration
from wagtail_khalti.models import KhaltiDelivery, KhaltiEvent, KhaltiPayment, KhaltiSearchEntry
from wagtail_khalti.models.status import Status

SEED = 1000
OWN_TO_EACH = ("reference", "purchase_order_id", "pidx")


def only_due_payments(count: int) -> None:
    """Fill the database with so many payments, all due for a lookup."""
    _remove_all()
    _seed()
    _multiply(count)
    KhaltiPayment.objects.update(next_check_at=timezone.now() - timedelta(seconds=1))


def only_payments(count: int, *, due: int) -> None:
    """Fill the database with so many payments, of which ``due`` are due now, half later, and the rest never."""
    _remove_all()
    _seed()
    _multiply(count)
    first = KhaltiPayment.objects.order_by("pk").values_list("pk", flat=True)[0]
    in_a_week, just_now = timezone.now() + timedelta(days=7), timezone.now() - timedelta(seconds=1)
    KhaltiPayment.objects.filter(pk__gte=first + count // 2).update(next_check_at=in_a_week)
    KhaltiPayment.objects.filter(pk__lt=first + due).update(next_check_at=just_now)
    _analyze()


def _analyze() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE TABLE wagtail_khalti_khaltipayment" if connection.vendor == "mysql" else "ANALYZE")


def _remove_all() -> None:
    with connection.cursor() as cursor:
        for model in (KhaltiSearchEntry, KhaltiEvent, KhaltiDelivery, KhaltiPayment):
            cursor.execute(f"DELETE FROM {model._meta.db_table}")


def _seed() -> None:
    merchant, now = configuration().merchant(), timezone.now()
    KhaltiPayment.objects.bulk_create(
        KhaltiPayment(
            reference=f"{number:016}",
            purchase_order_id=f"{number:016}",
            pidx=f"{number:016}",
            status=Status.INITIATED,
            amount=DEFAULT_AMOUNT,
            purpose="Membership",
            merchant=merchant.name,
            mode=merchant.mode,
            key_fingerprint=merchant.key_fingerprint,
            initiated_at=now,
            expires_at=now + timedelta(minutes=30),
        )
        for number in range(SEED)
    )


def _multiply(count: int) -> None:
    """By copies of the seed inside the database."""
    table = KhaltiPayment._meta.db_table
    columns = [field.column for field in KhaltiPayment._meta.concrete_fields if not field.primary_key]
    number = "CONCAT(%s, reference)" if connection.vendor == "mysql" else "CAST(%s AS varchar(9)) || reference"
    values = ", ".join(number if column in OWN_TO_EACH else column for column in columns)
    copy = f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table} WHERE reference < '1'"
    with connection.cursor() as cursor:
        for turn in range(1, count // SEED):
            cursor.execute(copy, [f"{turn}-"] * len(OWN_TO_EACH))
