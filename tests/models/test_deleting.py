"""Deleting looks for what refers to the deleted rows by an index: else each row would scan a table of a million.

For every foreign key of every model of ours, also one that is added later.
"""

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import Model

from wagtail_khalti.models import KhaltiPayment

pytestmark = [pytest.mark.django_db, pytest.mark.every_database]

KEYS = [
    field
    for model in apps.get_app_config("wagtail_khalti").get_models()
    for field in model._meta.local_concrete_fields
    if field.many_to_one or field.one_to_one
]
SEARCHES = {"collecting": "IN (1, 2)", "checking": "= 1"}
"""What Django asks before it deletes, and the database itself of each row."""


@pytest.fixture(autouse=True)
def _as_if_tables_were_large():
    """The few rows of a test are scanned whatever there is."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
            cursor.execute("SET LOCAL enable_indexonlyscan = off")


def is_found_by_index(model: type[Model], column: str, what: str) -> bool:
    return reads_by_index(plan_of(f"SELECT * FROM {model._meta.db_table} WHERE {column} {what}"), column)


def plan_of(sql: str) -> list[dict[str, object]]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {'QUERY PLAN ' if connection.vendor == 'sqlite' else ''}{sql}")
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def reads_by_index(plan: list[dict[str, object]], column: str) -> bool:
    """That the index narrows it down by this column, and is not merely read from end to end."""
    if connection.vendor == "mysql":
        # A table with few rows may be scanned all the same; by a unique key MariaDB has looked before it plans.
        return all(row["possible_keys"] or "const tables" in str(row["Extra"]) for row in plan)
    told = " ".join(str(value) for row in plan for value in row.values())
    if connection.vendor == "postgresql":
        return f"Index Cond: ({column} = " in told
    return "SEARCH" in told and f"({column}=?" in told


@pytest.mark.parametrize("search", SEARCHES)
@pytest.mark.parametrize("key", KEYS, ids=str)
def test_what_refers_to_a_row_is_found_by_an_index(key, search):
    assert is_found_by_index(key.model, key.column, SEARCHES[search])


def test_a_column_without_an_index_would_be_noticed():
    """The control: the test above can fail."""
    assert not is_found_by_index(KhaltiPayment, "refund_total", SEARCHES["checking"])
    assert not is_found_by_index(KhaltiPayment, "fee", SEARCHES["collecting"])


def test_each_key_of_ours_is_looked_at():
    named = {f"{key.model.__name__}.{key.name}" for key in KEYS}

    assert named >= {"KhaltiPayment.duplicate_of", "KhaltiPayment.site", "KhaltiDailyTotal.site", "KhaltiEvent.payment"}
