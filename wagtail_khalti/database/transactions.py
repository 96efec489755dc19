"""Transactions of this package, whatever the site's isolation level."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from weakref import WeakKeyDictionary

from django.db import OperationalError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

CONFLICT_SQLSTATES = {"40001", "40P01"}  # PostgreSQL: serialization failure, deadlock
CONFLICT_ERRORS = {1020, 1213}  # MariaDB and MySQL: the row has changed since it was read, deadlock

_levels: WeakKeyDictionary[BaseDatabaseWrapper, str] = WeakKeyDictionary()
"""The isolation level of each connection, queried once: Django's settings may set it, and so may the server."""


@contextmanager
def short_transaction(*, durable: bool = True) -> Iterator[None]:
    """``atomic()`` in which a conditional UPDATE waits for others, and then sees the current row.

    At REPEATABLE READ or SERIALIZABLE PostgreSQL would fail instead, with "could not serialize access". Conflicts are
    resolved by conditional UPDATEs and unique keys everywhere here, which are sufficient at READ COMMITTED.
    Other databases need nothing: SQLite serialises writes, and an UPDATE of InnoDB sees the current row.
    """
    connection = transaction.get_connection()
    is_ours = connection.vendor == "postgresql" and not connection.in_atomic_block
    with transaction.atomic(durable=durable):
        if is_ours and _level(connection) != "read committed":
            _execute(connection, "SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
        yield


def for_one_statement() -> AbstractContextManager[None]:
    """The same for a single statement: in its own transaction, if it needs one."""
    connection = transaction.get_connection()
    needs_none = connection.vendor != "postgresql" or connection.in_atomic_block
    if needs_none or _levels.get(connection) == "read committed":
        return nullcontext()
    return short_transaction(durable=False)


def is_transaction_conflict(error: BaseException | None) -> bool:
    """Whether the transaction was rolled back because of a concurrent one, so that it can be repeated at once."""
    while error is not None:
        if getattr(error, "sqlstate", getattr(error, "pgcode", "")) in CONFLICT_SQLSTATES:
            return True
        if isinstance(error, OperationalError) and error.args[:1] and error.args[0] in CONFLICT_ERRORS:
            return True
        error = error.__cause__
    return False


def _level(connection: BaseDatabaseWrapper) -> str:
    """At the start of a transaction: this query reads no data, so the level can still be changed."""
    if connection not in _levels:
        [level] = _execute(connection, "SHOW transaction_isolation")
        _levels[connection] = level
    return _levels[connection]


def _execute(connection: BaseDatabaseWrapper, statement: str) -> tuple[str, ...]:
    """Bypasses Django's query log, because it is not one of the site's queries."""
    with connection.connection.cursor() as cursor:
        cursor.execute(statement)
        return tuple(cursor.fetchone()) if cursor.description else ()


def is_inside_a_transaction() -> bool:
    """Ignores the transaction of a ``TestCase``."""
    blocks = transaction.get_connection().atomic_blocks
    return bool(blocks) and not blocks[-1]._from_testcase  # Django's own test for durable=True


def require_no_transaction(verb: str) -> None:
    """Raises ``RuntimeError`` with a remedy, before anything is sent to Khalti."""
    if is_inside_a_transaction():
        raise RuntimeError(
            f"{verb}() commits on its own, so it can't run inside a transaction: call it outside of atomic() "
            "and of ATOMIC_REQUESTS (@transaction.non_atomic_requests), or from transaction.on_commit()."
        )
