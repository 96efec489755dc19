"""Tables without their indexes and references while they are filled: made anew at the end, in a tenth of the time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import connection, models

INDEXES = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = '{table}'",
    "postgresql": """
        SELECT indexname, indexdef FROM pg_indexes LEFT JOIN pg_constraint ON conname = indexname
        WHERE tablename = '{table}' AND schemaname = CURRENT_SCHEMA() AND conname IS NULL
    """,
}
"""Name and definition of those that belong to no constraint."""

REFERENCES = """
    SELECT conname, PG_GET_CONSTRAINTDEF(oid) FROM pg_constraint WHERE contype = 'f' AND conrelid = '{table}'::regclass
"""


@contextmanager
def references_unwatched() -> Iterator[None]:
    """On SQLite, which can only do so outside of transactions; else it looks up each row in five other tables."""
    if connection.vendor != "sqlite":
        yield
        return
    _run(["PRAGMA foreign_keys = OFF"])
    yield
    _run(["PRAGMA foreign_keys = ON"])


@contextmanager
def bare_tables(filled: Iterable[type[models.Model]]) -> Iterator[None]:
    """In a transaction, so that it is wholly undone where it fails."""
    tables = [model._meta.db_table for model in filled]
    indexes = [index for table in tables for index in _all(INDEXES[connection.vendor].format(table=table))]
    references = [
        (table, *reference)
        for table in tables
        if connection.vendor == "postgresql"
        for reference in _all(REFERENCES.format(table=table))
    ]
    _run(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"' for table, name, _definition in references)
    _run(f'DROP INDEX "{name}"' for name, _definition in indexes)
    yield
    _run(definition for _name, definition in indexes)
    _run(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}' for table, name, definition in references)


def _all(query: str) -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())


def _run(statements: Iterable[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
