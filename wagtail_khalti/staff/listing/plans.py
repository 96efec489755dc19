"""Few payments whose keys are known: databases take them for many, and would go through all of a mode or site instead.

SQLite does so for any keys; PostgreSQL for the many of a search, from the newest payment on until a page is full.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connections
from django.db.models import F, Func, QuerySet
from wagtail.models import Site

from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.staff.permissions import policy

SEARCH = ("q", "selected")
BY_KEY = {"sqlite": (*SEARCH, "needs", "refunded_from", "refunded_to"), "postgresql": SEARCH}
"""What in a query gives the keys: of what was found, of a selection, of the issues, of the refunds."""


def of_mode(payments: QuerySet[KhaltiPayment], mode: str, asked: Mapping[str, Any]) -> QuerySet[KhaltiPayment]:
    if not _is_to_be_hidden(payments, asked):
        return payments.filter(mode=mode)
    return payments.alias(hidden_mode=hidden("mode")).filter(hidden_mode=mode)


def visible_to(
    user: Any, payments: QuerySet[KhaltiPayment], permission: str, asked: Mapping[str, Any]
) -> QuerySet[KhaltiPayment]:
    if not _is_to_be_hidden(payments, asked):
        return policy.visible_to(user, payments, [permission])
    unindexed: Any = payments.alias(hidden_site=hidden("site_id"))
    return policy.visible_to(user, unindexed, [permission], site="hidden_site")


def _is_to_be_hidden(payments: QuerySet[KhaltiPayment], asked: Mapping[str, Any]) -> bool:
    return any(asked.get(name) for name in BY_KEY.get(connections[payments.db].vendor, ()))


def hidden(column: str) -> Func:
    """Its value, in a way that no index of this column serves."""
    kind = Site._meta.pk if column == "site_id" else KhaltiPayment._meta.get_field(column)
    return Func(F(column), template="COALESCE(%(expressions)s, %(expressions)s)", output_field=kind)
