"""Transactions as this package needs them, at whichever isolation level those of the site run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from weakref import WeakKeyDictionary

from django.db import OperationalError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

FASTER_SQLSTATES = {"40001", "40P01"}  # PostgreSQL: serialization failure, deadlock
FASTER_ERRORS = {1020, 1213}  # MariaDB and MySQL: the row has changed since it was read, deadlock

_levels: WeakKeyDictionary[BaseDatabaseWrapper, str] = WeakKeyDictionary()
"""Of each connection in this process, asked for once: Django's settings may set it, and so may the server."""


@contextmanager
def short_transaction(*, durable: bool = True) -> Iterator[None]:
    """``atomic()`` in which a conditional UPDATE waits for others, and then looks at the row as it is.

    At REPEATABLE READ or SERIALIZABLE PostgreSQL would refuse instead, with "could not serialize access". Who is first
    is decided by conditional UPDATEs and unique keys everywhere here, which are enough at READ COMMITTED.
    The others need no help: SQLite writes one at a time, and InnoDB looks at a row anew where it is changed.
    """
    connection = transaction.get_connection()
    is_ours = connection.vendor == "postgresql" and not connection.in_atomic_block
    with transaction.atomic(durable=durable):
        if is_ours and _level(connection) != "read committed":
            _execute(connection, "SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
        yield


def for_one_statement() -> AbstractContextManager[None]:
    """The same for a statement outside a transaction: one of its own, where it needs one."""
    connection = transaction.get_connection()
    needs_none = connection.vendor != "postgresql" or connection.in_atomic_block
    if needs_none or _levels.get(connection) == "read committed":
        return nullcontext()
    return short_transaction(durable=False)


def is_somebody_faster(error: BaseException | None) -> bool:
    """Whether the database undid a transaction only for the sake of another: the same may do at once."""
    while error is not None:
        if getattr(error, "sqlstate", getattr(error, "pgcode", "")) in FASTER_SQLSTATES:
            return True
        if isinstance(error, OperationalError) and error.args[:1] and error.args[0] in FASTER_ERRORS:
            return True
        error = error.__cause__
    return False


def _level(connection: BaseDatabaseWrapper) -> str:
    """In a transaction's beginning: to ask for it reads nothing, so that it can still be changed."""
    if connection not in _levels:
        [level] = _execute(connection, "SHOW transaction_isolation")
        _levels[connection] = level
    return _levels[connection]


def _execute(connection: BaseDatabaseWrapper, statement: str) -> tuple[str, ...]:
    """Past Django's count of queries: it is no question of the site's."""
    with connection.connection.cursor() as cursor:
        cursor.execute(statement)
        return tuple(cursor.fetchone()) if cursor.description else ()


def is_inside_a_transaction() -> bool:
    """The one that a ``TestCase`` opens does not count."""
    blocks = transaction.get_connection().atomic_blocks
    return bool(blocks) and not blocks[-1]._from_testcase  # Django's own test for durable=True


def require_no_transaction(verb: str) -> None:
    """Raises ``RuntimeError`` with the way out, before Khalti is asked rather than after."""
    if is_inside_a_transaction():
        raise RuntimeError(
            f"{verb}() commits on its own, so it can't run inside a transaction: call it outside of atomic() "
            "and of ATOMIC_REQUESTS (@transaction.non_atomic_requests), or from transaction.on_commit()."
        )
