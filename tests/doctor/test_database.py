"""Whether the database is up to date, can undo, and has the right time."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from tests.doctor.conftest import only
from wagtail_khalti.doctor import Level
from wagtail_khalti.doctor.database import clock, connects, engines, migrations

pytestmark = [pytest.mark.every_database, pytest.mark.django_db]

has_a_clock = pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite runs in this process, by its clock")
chooses_engines = pytest.mark.skipif(connection.vendor != "mysql", reason="only MariaDB has tables that undo nothing")


def test_it_answers_with_its_name():
    finding = only(connects())

    assert finding.level == Level.OK
    assert connection.display_name in finding.sentence


def test_all_migrations_are_applied():
    assert only(migrations()).level == Level.OK


def test_a_migration_that_was_not_applied():
    MigrationRecorder(connection).record_unapplied("wagtail_khalti", "0001_initial")

    finding = only(migrations())

    assert (finding.level, finding.name) == (Level.ERROR, "not_migrated")
    assert "wagtail_khalti.0001_initial" in finding.sentence
    assert "migrate" in finding.remedy


def test_transactions_can_be_undone():
    assert only(engines()).level == Level.OK


@chooses_engines
@pytest.mark.django_db(transaction=True)
def test_a_table_that_undoes_nothing():
    table = "wagtail_khalti_khaltirun"
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} ENGINE=MyISAM")
        try:
            finding = only(engines())
        finally:
            cursor.execute(f"ALTER TABLE {table} ENGINE=InnoDB")

    assert (finding.level, finding.name) == (Level.ERROR, "no_transactions")
    assert table in finding.sentence
    assert only(engines()).level == Level.OK


@has_a_clock
def test_clocks_that_agree():
    assert only(clock()).level == Level.OK


@has_a_clock
@pytest.mark.parametrize("apart", [timedelta(minutes=2), timedelta(hours=-1)])
def test_clocks_that_differ(apart):
    with time_machine.travel(timezone.now() + apart, tick=True):
        finding = only(clock())

    assert (finding.level, finding.name) == (Level.WARNING, "clocks_differ")
    assert abs(finding.numbers["seconds"] - apart.total_seconds()) <= 5


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the others have clocks of their own")
def test_without_a_clock_of_its_own_there_is_nothing_to_compare():
    assert list(clock()) == []
