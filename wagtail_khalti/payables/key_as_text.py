"""The key of an object as its payments store it, within a query.

A payment is found by an index only if the key is converted, and not the text of the payment.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField, Func

DASHED = (
    "LOWER({0}SUBSTR({1}, 1, 8){2}SUBSTR({1}, 9, 4){2}SUBSTR({1}, 13, 4){2}SUBSTR({1}, 17, 4){2}SUBSTR({1}, 21){3})"
)


class KeyAsText(Func):
    """The text of a primary key. UUIDs get their dashes where the database stores them without."""

    arity = 1
    output_field = CharField()

    def __init__(self, expression: Any, *, is_uuid: bool = False, **extra: Any) -> None:
        super().__init__(expression, is_uuid=is_uuid, **extra)

    def as_sql(self, compiler: Any, connection: BaseDatabaseWrapper, *args: Any, **options: Any) -> Any:
        lacks_dashes = self.extra["is_uuid"] and not connection.features.has_native_uuid_field
        options["template"] = _template(connection.vendor, lacks_dashes=lacks_dashes)
        return super().as_sql(compiler, connection, *args, **options)


def is_uuid_key(model: type[models.Model]) -> bool:
    """Whether the key is a UUID, also that of another model that is used as the key."""
    field: Any = model._meta.pk
    while field.remote_field:
        field = field.target_field
    return isinstance(field, models.UUIDField)


def _template(vendor: str, *, lacks_dashes: bool) -> str:
    column = "%(expressions)s"
    if vendor == "mysql":
        dashed = DASHED.format("CONCAT(", column, ", '-', ", ")")
        return dashed if lacks_dashes else f"CONCAT({column}, '')"  # keeps the column's collation, as CAST doesn't
    if lacks_dashes:
        return DASHED.format("", column, " || '-' || ", "")
    return f"({column})::varchar" if vendor == "postgresql" else f"CAST({column} AS TEXT)"
