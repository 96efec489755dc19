"""Single statements in plain SQL, for the requests of visitors.

Django takes several times as long to compile such a statement as a database to run it. Values go through the fields of
the model here, too, so that a statement means the same on every database as Django's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from django.db import connections, models, router, transaction
from django.db.models import Q

from wagtail_khalti.database.transactions import for_one_statement

Row = TypeVar("Row", bound=models.Model)

OPERATORS = {"": "=", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
"""By what follows a name in ``where``, as in ``looked_up_at__lte``. ``Q(looked_up_at=None)`` is ``IS NULL``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sql:
    """SQL of ours; what comes from elsewhere is in ``values``, one for each ``%s``."""

    text: str
    values: Sequence[Any] = ()


def read_row(model: type[Row], *, computed: Mapping[str, str] | None = None, **by: Any) -> Row | None:
    """The row with this value in this unique column. ``computed``: SQL of ours for further attributes."""
    table, more = _Table(model), computed or {}
    selected = [column.name for column in table.columns.values()] + [f"({sql})" for sql in more.values()]
    condition = table.condition(Q(**by))
    with table.connection.cursor() as cursor:
        statement = f"SELECT {', '.join(selected)} FROM {table.name} WHERE {condition.text}"  # noqa: S608 - our names
        cursor.execute(statement, condition.values)
        found = cursor.fetchone()
    if found is None:
        return None
    row = model.from_db(table.connection.alias, table.attributes, table.from_database(found))
    for name, value in zip(more, found[len(table.columns) :], strict=True):
        setattr(row, name, value)
    return row


def update_rows(model: type[models.Model], changes: Mapping[str, object], *, where: Q) -> int:
    """Returns how many rows matched ``where``: comparisons, joined by AND and OR."""
    table = _Table(model)
    condition = table.condition(where)
    assigned = [table.assignment(name, value) for name, value in changes.items()]
    texts = ", ".join(change.text for change in assigned)
    statement = f"UPDATE {table.name} SET {texts} WHERE {condition.text}"  # noqa: S608 - our names
    return table.write(statement, [value for part in (*assigned, condition) for value in part.values])


def insert_rows(rows: Sequence[models.Model]) -> None:
    """Like ``bulk_create()``, except that the rows don't get their primary keys."""
    if not rows:
        return
    table = _Table(type(rows[0]))
    columns = [column for column in table.columns.values() if not column.field.primary_key]
    names, row_text = ", ".join(column.name for column in columns), f"({', '.join(['%s'] * len(columns))})"
    statement = f"INSERT INTO {table.name} ({names}) VALUES {', '.join([row_text] * len(rows))}"  # noqa: S608 - our names
    table.write(statement, [table.new_value(column, row) for row in rows for column in columns])
    for row in rows:
        row._state.adding, row._state.db = False, table.connection.alias


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    name: str
    """Quoted."""
    field: Any
    is_converted: bool
    """Whether what the database returns is not yet the value."""


@cache
def _columns(model: type[models.Model], alias: str) -> Mapping[str, _Column]:
    """By the names of their fields."""
    connection = connections[alias]
    return {
        field.name: _Column(
            name=connection.ops.quote_name(str(field.column)),
            field=field,
            is_converted=bool(_converters(field.cached_col, connection)),
        )
        for field in model._meta.concrete_fields
    }


def _converters(column: Any, connection: Any) -> Sequence[Any]:
    return [*connection.ops.get_db_converters(column), *column.get_db_converters(connection)]


class _Table:
    """A model's table in the primary database."""

    def __init__(self, model: type[models.Model]) -> None:
        alias = router.db_for_write(model)
        self.connection = connections[alias]
        self.columns = _columns(model, alias)
        self.name = self.connection.ops.quote_name(model._meta.db_table)

    @property
    def attributes(self) -> list[str]:
        return [column.field.attname for column in self.columns.values()]

    def condition(self, where: Q) -> Sql:
        if where.negated or not where.children:
            raise ValueError(f"{where!r} can't be a condition here")
        children: Sequence[Any] = where.children
        parts = [self.condition(child) if isinstance(child, Q) else self._comparison(*child) for child in children]
        text = f" {where.connector} ".join(part.text for part in parts)
        return Sql(text=f"({text})", values=[value for part in parts for value in part.values])

    def _comparison(self, compared: str, value: object) -> Sql:
        name, _separator, operator = compared.partition("__")
        column = self.columns[name]
        if value is None and not operator:
            return Sql(text=f"{column.name} IS NULL")
        return Sql(text=f"{column.name} {OPERATORS[operator]} %s", values=[self._to_database(column, value)])

    def assignment(self, name: str, value: object) -> Sql:
        column = self.columns[name]
        new = value if isinstance(value, Sql) else Sql(text="%s", values=[self._to_database(column, value)])
        return Sql(text=f"{column.name} = {new.text}", values=new.values)

    def new_value(self, column: _Column, row: models.Model) -> object:
        return self._to_database(column, column.field.pre_save(row, add=True))

    def _to_database(self, column: _Column, value: Any) -> object:
        key_or_value = value.pk if isinstance(value, models.Model) else value
        return column.field.get_db_prep_save(key_or_value, self.connection)

    def from_database(self, found: Sequence[object]) -> list[object]:
        """The values of the columns, in their order. What follows them in ``found`` is left out."""
        return [
            self._converted(column, value) if column.is_converted else value
            for column, value in zip(self.columns.values(), found, strict=False)
        ]

    def _converted(self, column: _Column, value: object) -> object:
        for convert in _converters(column.field.cached_col, self.connection):
            value = convert(value, column.field.cached_col, self.connection)
        return value

    def write(self, statement: str, values: Sequence[Any]) -> int:
        """Like Django's own, an UPDATE or INSERT waits for concurrent ones."""
        with (
            transaction.mark_for_rollback_on_error(self.connection.alias),
            for_one_statement(),
            self.connection.cursor() as cursor,
        ):
            cursor.execute(statement, values)
            return int(cursor.rowcount)
