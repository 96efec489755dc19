"""``python -m benchmarks.payables FILE NAME``: lists of 100,000 orders that say what is paid, beside lists that don't.

In the database of ``DATABASE_URL``.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
django.setup()

from django.db import connection  # noqa: E402 - all below need the setup above
from django.db.models import Case, F, Value, When  # noqa: E402
from django.test.utils import setup_databases, teardown_databases  # noqa: E402

from benchmarks.figures import Figure, keep, table  # noqa: E402
from benchmarks.many_payments import only_payments  # noqa: E402
from tests.payables.models import Invoice  # noqa: E402
from wagtail_khalti.models import KhaltiPayment  # noqa: E402
from wagtail_khalti.models.sources import payable_type_of  # noqa: E402
from wagtail_khalti.models.status import Status  # noqa: E402
from wagtail_khalti.payables.key_as_text import KeyAsText  # noqa: E402

ORDERS = 100_000
ON_A_PAGE = 50
ROUNDS = 5
MAX_SECONDS = 5.0  # for all of them
MAX_PAGE = 20.0  # ms


def main(path: Path, name: str) -> None:
    database = setup_databases(verbosity=0, interactive=False, serialized_aliases=set())
    try:
        fill()
        figures = list(measure(name))
    finally:
        teardown_databases(database, verbosity=0)
    keep(figures, path)
    print(f"{connection.display_name}\n\n{table(figures)}")


def fill() -> None:
    """One payment for each order; three of four are paid."""
    only_payments(ORDERS, due=0)
    keys = list(KhaltiPayment.objects.order_by("pk").values_list("pk", flat=True))
    Invoice.objects.bulk_create([Invoice(pk=key) for key in keys], batch_size=500)
    is_paid = When(rest__gt=0, then=Value(True))
    KhaltiPayment.objects.annotate(rest=F("pk") % 4).update(
        payable_type=payable_type_of(Invoice),
        payable_id=KeyAsText(F("pk")),
        status=Case(When(rest__gt=0, then=Value(Status.COMPLETED)), default=Value(Status.CANCELED)),
        is_primary=Case(is_paid, default=None),
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "ANALYZE TABLE wagtail_khalti_khaltipayment, payables_invoice"
            if connection.vendor == "mysql"
            else "ANALYZE"
        )


def measure(name: str) -> Iterator[Figure]:
    orders, states = Invoice.objects.order_by("-pk"), Invoice.objects.with_payment_state().order_by("-pk")
    columns = ("pk", "name", "total")
    stated = (*columns, "is_paid", "amount_paid", "amount_refunded", "amount_due")
    yield figure(
        f"payables_{name}_all",
        f"What is paid of {ORDERS:,} orders, all of them",
        lambda: list(states.values_list(*stated)),
        lambda: list(orders.values_list(*columns)),
        budget=MAX_SECONDS * 1000,
    )
    yield figure(
        f"payables_{name}_page",
        f"A page of {ON_A_PAGE} of them, the newest",
        lambda: list(states.values_list(*stated)[:ON_A_PAGE]),
        lambda: list(orders.values_list(*columns)[:ON_A_PAGE]),
        budget=MAX_PAGE,
    )
    yield figure(
        f"payables_{name}_unpaid",
        "How many are not paid",
        lambda: states.filter(is_paid=False).count(),
        lambda: orders.filter(total__gt=0).count(),
        budget=MAX_SECONDS * 1000,
    )
    assert states.filter(is_paid=True).count() == ORDERS * 3 // 4


def figure(name: str, what: str, ours: Callable[[], object], plain: Callable[[], object], *, budget: float) -> Figure:
    return Figure(name=name, what=what, value=fastest(ours), unit="ms", peer=fastest(plain), budget=budget)


def fastest(work: Callable[[], object]) -> float:
    """Milliseconds, of a few rounds."""
    took = []
    for _ in range(ROUNDS):
        began = perf_counter()
        work()
        took.append(perf_counter() - began)
    return min(took) * 1000


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
