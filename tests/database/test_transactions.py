"""Transactions at this package's own level."""

from pathlib import Path

import pytest
from django.db import OperationalError, connection, transaction

import wagtail_khalti
from wagtail_khalti.database.transactions import is_transaction_conflict, short_transaction


class ServerError(Exception):
    def __init__(self, **codes):
        vars(self).update(codes)


def caused_by(cause):
    """As Django wraps what a driver raises, and our code what a receiver does."""
    error = OperationalError("could not serialize access")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    "error",
    [
        caused_by(ServerError(sqlstate="40001")),
        caused_by(ServerError(sqlstate="40P01")),
        caused_by(ServerError(pgcode="40001")),
        caused_by(caused_by(ServerError(sqlstate="40001"))),
        OperationalError(1213, "Deadlock found when trying to get lock"),
        OperationalError(1020, "Record has changed since last read"),
    ],
)
def test_every_database_says_in_its_words_who_was_faster(error):
    assert is_transaction_conflict(error)


@pytest.mark.parametrize("error", [None, ValueError(1213), OperationalError("locked"), OperationalError(2006, "gone")])
def test_other_trouble_is_no_race(error):
    assert not is_transaction_conflict(error)


def test_actions_open_their_transactions_with_it():
    package = Path(wagtail_khalti.__file__).parent
    layers = ["actions", "outbox", "receipts", "reporting", "lookups", "ledger"]
    sources = {
        str(path.relative_to(package)): path.read_text() for layer in layers for path in (package / layer).glob("*.py")
    }

    bare = {name: text.count("atomic(durable=True)") for name, text in sources.items()}

    assert {name: count for name, count in bare.items() if count} == {"outbox/receivers.py": 1}, (
        "which runs the site's code"
    )


@pytest.mark.every_database
@pytest.mark.django_db(transaction=True)
def test_one_in_another_is_refused_where_it_has_to_last():
    with transaction.atomic(), pytest.raises(RuntimeError), short_transaction():
        pass

    assert not connection.in_atomic_block
