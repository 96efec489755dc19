"""Payments by the thousand, as bare rows in one statement: a factory would tell the whole history of each."""

from contextlib import contextmanager
from datetime import timedelta

from django.utils import timezone

from wagtail_khalti.models import KhaltiPayment


def make_many(how_many, *, first=1, **columns):
    """``Seat 1`` is the newest. What a column is may depend on the number of the payment."""
    now = timezone.now()
    rows = []
    for number in range(first, first + how_many):
        given = {name: value(number) if callable(value) else value for name, value in columns.items()}
        rows.append(_payment(number, {"created_at": now - timedelta(minutes=number)} | given))
    with _given_times():
        return KhaltiPayment.objects.bulk_create(rows)


@contextmanager
def _given_times():
    """When each was begun is what the test says, and not now."""
    field = KhaltiPayment._meta.get_field("created_at")
    field.auto_now_add = False
    yield
    field.auto_now_add = True


def _payment(number, given):
    usual = {
        "purpose": f"Seat {number}",
        "amount": number * 10_000,
        "status": "initiated",
        "merchant": "default",
        "mode": "simulator",
        "purchase_order_id": f"ORDER-{number:05}",
        "pidx": f"pidx{number:05}",
        "return_url": "http://testserver/return/",
        "website_url": "http://testserver/",
    }
    return KhaltiPayment(**usual | given)


def purposes(page):
    return [row[0] for row in page.rows]
