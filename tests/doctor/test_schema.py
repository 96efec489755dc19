"""The constraints and indexes that the money rests on are really there."""

from contextlib import contextmanager

import pytest
from django.db import connection

from tests.doctor.conftest import only
from tests.in_full import IS_FULL
from wagtail_khalti.doctor import Level
from wagtail_khalti.doctor.database import models
from wagtail_khalti.doctor.schema import constraints, indexes
from wagtail_khalti.models import KhaltiPayment

CONSTRAINTS = [(model, constraint) for model in models() for constraint in model._meta.constraints]
INDEXES = [
    (model, index)
    for model in models()
    for index in model._meta.indexes
    if connection.features.supports_partial_indexes or not index.condition  # where not, Django makes none of them
]


def by_name(about):
    return [pytest.param(model, one, id=one.name) for model, one in about]


def one_of_each_kind(about):
    """In full all of them are really dropped; where not, one of each kind, for it is the database that may differ."""
    kinds = {(type(one), bool(getattr(one, "condition", None))): (model, one) for model, one in reversed(about)}
    return by_name(about if IS_FULL else kinds.values())


@pytest.fixture(scope="module")
def told(django_db_setup, django_db_blocker):
    """What the database tells of each table, asked once."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        tables = {model._meta.db_table for model in models()}
        return {table: connection.introspection.get_constraints(cursor, table) for table in tables}


@contextmanager
def hidden(told, model, is_meant):
    """All of that but for what is meant in this table."""
    with pytest.MonkeyPatch.context() as changed:

        def tell(cursor, table):
            is_hidden = is_meant if table == model._meta.db_table else lambda name, one: False
            return {name: one for name, one in told[table].items() if not is_hidden(name, one)}

        changed.setattr(connection.introspection, "get_constraints", tell)
        yield


def changes_tables(test):
    return pytest.mark.django_db(transaction=True)(pytest.mark.every_database(test))


@contextmanager
def without_constraint(model, constraint):
    declared = model._meta.constraints
    model._meta.constraints = [one for one in declared if one != constraint]  # SQLite writes the whole table anew
    try:
        with connection.schema_editor() as editor:
            editor.remove_constraint(model, constraint)
    finally:
        model._meta.constraints = declared
    try:
        yield
    finally:
        with connection.schema_editor() as editor:
            editor.add_constraint(model, constraint)


@contextmanager
def without_index(model, index):
    with connection.schema_editor() as editor:
        editor.remove_index(model, index)
    try:
        yield
    finally:
        with connection.schema_editor() as editor:
            editor.add_index(model, index)


@pytest.mark.every_database
@pytest.mark.django_db
def test_after_a_migration_all_is_there():
    assert only(constraints()).level == Level.OK
    assert only(indexes()).level == Level.OK


def test_there_is_something_to_compare_with():
    assert len(CONSTRAINTS) >= 10
    assert len(INDEXES) >= 3


@pytest.mark.django_db
@pytest.mark.parametrize(("model", "constraint"), by_name(CONSTRAINTS))
def test_each_constraint_that_is_not_there_is_named(told, model, constraint):
    fields = list(getattr(constraint, "fields", ()))

    def is_meant(name, one):
        does_the_same = bool(fields) and one["unique"] and set(one["columns"]) == set(fields)
        return name == constraint.name or does_the_same

    with hidden(told, model, is_meant):
        finding = only(constraints())

    assert (finding.level, finding.name, finding.numbers) == (Level.ERROR, "constraints_missing", {"constraints": 1})
    assert constraint.name in finding.sentence


@pytest.mark.django_db
@pytest.mark.parametrize(("model", "index"), by_name(INDEXES))
def test_each_index_that_is_not_there_is_named(told, model, index):
    with hidden(told, model, lambda name, one: name == index.name):
        finding = only(indexes())

    assert (finding.level, finding.name) == (Level.WARNING, "indexes_missing")
    assert index.name in finding.sentence


@changes_tables
@pytest.mark.parametrize(("model", "constraint"), one_of_each_kind(CONSTRAINTS))
def test_a_constraint_that_was_dropped(model, constraint):
    with without_constraint(model, constraint):
        finding = only(constraints())

    assert (finding.level, finding.name) == (Level.ERROR, "constraints_missing")
    assert constraint.name in finding.sentence
    assert finding.numbers == {"constraints": 1}
    assert only(constraints()).level == Level.OK


@changes_tables
@pytest.mark.parametrize(("model", "index"), one_of_each_kind(INDEXES))
def test_an_index_that_was_dropped(model, index):
    with without_index(model, index):
        finding = only(indexes())

    assert (finding.level, finding.name) == (Level.WARNING, "indexes_missing")
    assert index.name in finding.sentence
    assert only(indexes()).level == Level.OK


@changes_tables
def test_a_unique_index_by_another_name_does_the_same():
    [constraint] = [one for _model, one in CONSTRAINTS if one.name == "khalti_payment_pidx_unique"]
    index = f"CREATE UNIQUE INDEX restored_by_hand ON {KhaltiPayment._meta.db_table} (pidx)"
    back = "DROP INDEX restored_by_hand" + " ON wagtail_khalti_khaltipayment" * (connection.vendor == "mysql")
    with without_constraint(KhaltiPayment, constraint), connection.cursor() as cursor:
        cursor.execute(index)
        finding = only(constraints())
        cursor.execute(back)

    assert finding.level == Level.OK


@changes_tables
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has no command that drops a foreign key")
def test_a_foreign_key_that_was_dropped():
    table = KhaltiPayment._meta.db_table
    with connection.cursor() as cursor:
        real = connection.introspection.get_constraints(cursor, table)
        [name] = [name for name, one in real.items() if one["foreign_key"] and one["columns"] == ["duplicate_of_id"]]
        what = "FOREIGN KEY" if connection.vendor == "mysql" else "CONSTRAINT"
        cursor.execute(f"ALTER TABLE {table} DROP {what} {name}")
        try:
            finding = only(constraints())
        finally:
            cursor.execute(
                f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY (duplicate_of_id) REFERENCES {table} (id)"
                + (" DEFERRABLE INITIALLY DEFERRED" if connection.vendor == "postgresql" else "")
            )

    assert finding.name == "constraints_missing"
    assert f"{table}.duplicate_of_id" in finding.sentence
    assert only(constraints()).level == Level.OK
