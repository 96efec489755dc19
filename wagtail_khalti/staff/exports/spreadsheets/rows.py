"""Through very many payments, from the newest to the oldest, without holding on to any of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Q, QuerySet

from wagtail_khalti.models import KhaltiPayment

ROWS = 1000  # at once: enough that the database is seldom asked, and few enough to hold


def walk(payments: QuerySet[KhaltiPayment], fields: Sequence[str]) -> Iterator[list[tuple[Any, ...]]]:
    """The values of ``fields``, some rows at a time, each payment once.

    What is begun meanwhile is newer than where the walk has come to, and doesn't shift anything. Each chunk is asked
    for by itself, so that no connection has to keep a cursor open; a payment that no longer fits the filter when its
    turn comes is left out.
    """
    rows = payments.order_by("-created_at", "-pk").values_list("created_at", "pk", *fields)
    chunk = list(rows[:ROWS])
    while chunk:
        yield [row[2:] for row in chunk]
        if len(chunk) < ROWS:
            return
        at, pk = chunk[-1][:2]
        chunk = list(rows.filter(created_at__lte=at).filter(Q(created_at__lt=at) | Q(pk__lt=pk))[:ROWS])
