"""What figures are split by, and sums by it, the same on every database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from django.db import connections
from django.db.models import BinaryField, Expression, F, Func, QuerySet


class Dimensions(NamedTuple):
    """The Khalti account, and where on the site payments started."""

    mode: str
    merchant: str
    site_id: int | None
    source_type_id: int | None
    source_id: str
    block_path: str


def add_up(
    rows: QuerySet[Any], keys: Sequence[str], sums: Mapping[str, Any]
) -> Iterator[tuple[tuple[Any, ...], dict[str, Any]]]:
    """Group by ``keys``: the values of the keys, and the sums by name, 0 instead of NULL."""
    exact = _exactly(keys) if connections[rows.db].vendor == "mysql" else {}
    found = {f"sum_{name}": expression for name, expression in sums.items()}  # names that are not column names
    for row in rows.order_by().values(*keys).annotate(**exact, **found).values_list(*keys, *found):
        yield row[: len(keys)], dict(zip(sums, (value or 0 for value in row[len(keys) :]), strict=True))


def _exactly(keys: Sequence[str]) -> dict[str, Expression]:
    """MariaDB takes "a" for "A", and would merge two groups."""
    texts = [key for key in keys if key.rpartition("__")[2] in ("merchant", "source_id", "block_path")]
    return {
        f"exact_{number}": Func(F(key), template="CAST(%(expressions)s AS BINARY)", output_field=BinaryField())
        for number, key in enumerate(texts)
    }
