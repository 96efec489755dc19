"""Iterate over very many payments, newest first, in constant memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Q, QuerySet

from wagtail_khalti.models import KhaltiPayment

ROWS = 1000  # per query


def walk(payments: QuerySet[KhaltiPayment], fields: Sequence[str]) -> Iterator[list[tuple[Any, ...]]]:
    """The values of ``fields``, some rows at a time, each payment once.

    Payments started meanwhile are newer than the current position, so nothing is shifted. Each chunk is a query of its
    own, so that no cursor stays open; a payment that no longer matches the filter when it is reached is left out.
    """
    rows = payments.order_by("-created_at", "-pk").values_list("created_at", "pk", *fields)
    chunk = list(rows[:ROWS])
    while chunk:
        yield [row[2:] for row in chunk]
        if len(chunk) < ROWS:
            return
        at, pk = chunk[-1][:2]
        chunk = list(rows.filter(created_at__lte=at).filter(Q(created_at__lt=at) | Q(pk__lt=pk))[:ROWS])
