"""Checks of the database: connection, migrations, transactions, characters and clock."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from wagtail_khalti.database.characters import narrow_tables
from wagtail_khalti.doctor.finding import Finding, Level, Subject

LABEL = "wagtail_khalti"
MAX_CLOCK_DIFFERENCE = 5  # seconds; leases last minutes

SECONDS_NOW = {
    "postgresql": "SELECT EXTRACT(EPOCH FROM clock_timestamp())",
    "mysql": "SELECT UNIX_TIMESTAMP(SYSDATE(6))",
}
"""By vendor. SQLite uses the clock of this machine."""

TABLES_WITHOUT_TRANSACTIONS = """
    SELECT t.table_name, t.engine
    FROM information_schema.tables t LEFT JOIN information_schema.engines e ON e.engine = t.engine
    WHERE t.table_schema = DATABASE() AND t.table_type = 'BASE TABLE' AND COALESCE(e.transactions, 'NO') <> 'YES'
    ORDER BY t.table_name
"""

found = partial(Finding, subject=Subject.DATABASE)


def models() -> list[type[Model]]:
    """The models of this package."""
    return list(apps.get_app_config(LABEL).get_models())


def connects() -> Iterator[Finding]:
    """First: if this fails, the other checks would fail, too."""
    _query("SELECT 1")
    version = ".".join(str(number) for number in connection.get_database_version())
    sentence = _("Connected to %(database)s %(version)s.") % {"database": connection.display_name, "version": version}
    yield found(level=Level.OK, name="answers", sentence=sentence)


def migrations() -> Iterator[Finding]:
    """Of this package, and of its dependencies."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes(LABEL))
    missing = [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]
    if not missing:
        yield found(level=Level.OK, name="migrated", sentence=_("All migrations are applied."))
        return
    yield found(
        level=Level.ERROR,
        name="not_migrated",
        sentence=_("Migrations are not applied: %s.") % ", ".join(missing),
        remedy=_("Run `manage.py migrate`."),
        numbers={"migrations": len(missing)},
    )


def engines() -> Iterator[Finding]:
    """Whether transactions can be rolled back: MyISAM tables ignore a rollback."""
    if connection.vendor != "mysql":  # other databases always support them
        yield found(level=Level.OK, name="transactions", sentence=_("Transactions can be rolled back."))
        return
    ours = {model._meta.db_table for model in models()}
    rows = [(table, engine) for table, engine in _query(TABLES_WITHOUT_TRANSACTIONS) if table in ours]
    if not rows:
        yield found(level=Level.OK, name="transactions", sentence=_("Transactions can be rolled back."))
    for table, engine in rows:
        yield found(
            level=Level.ERROR,
            name="no_transactions",
            sentence=_("The table %(table)s uses the engine %(engine)s, which does not support transactions.")
            % {"table": table, "engine": engine},
            remedy=_("Stop the site and run: ALTER TABLE %s ENGINE=InnoDB; then check the constraints again.") % table,
        )


def characters() -> Iterator[Finding]:
    """Whether emoji can be saved: in MySQL's older "utf8" they are an error."""
    narrow = narrow_tables()
    if not narrow:
        yield found(level=Level.OK, name="characters", sentence=_("All characters can be saved."))
    if charset := narrow.pop("", None):
        yield found(
            level=Level.WARNING,
            name="connection_narrow",
            sentence=_("The database connection uses %s, which does not support emoji.") % charset,
            remedy=_('Set DATABASES["default"]["OPTIONS"]["charset"] = "utf8mb4" in the settings.'),
        )
    if narrow:
        tables = ", ".join(f"{table} ({name})" for table, name in narrow.items())
        yield found(
            level=Level.WARNING,
            name="characters_narrow",
            sentence=_("Tables that can't store all characters: %s. Forms reject emoji.") % tables,
            remedy=_("Stop the site and run: %s")
            % " ".join(f"ALTER TABLE {table} CONVERT TO CHARACTER SET utf8mb4;" for table in narrow),
        )


def clock() -> Iterator[Finding]:
    """Each machine uses its own clock for due times and leases, so the clocks must agree."""
    if connection.vendor not in SECONDS_NOW:
        return
    before = timezone.now()
    [[seconds]] = _query(SECONDS_NOW[connection.vendor])
    here = (before.timestamp() + timezone.now().timestamp()) / 2
    difference = round(here - float(seconds))
    if abs(difference) <= MAX_CLOCK_DIFFERENCE:
        sentence = _("The clocks of this machine and the database agree.")
        yield found(level=Level.OK, name="clocks_agree", sentence=sentence)
        return
    yield found(
        level=Level.WARNING,
        name="clocks_differ",
        sentence=_("The clocks of this machine and the database differ by %s seconds.") % abs(difference),
        remedy=_("Synchronise both with NTP: due times and leases depend on the clock."),
        numbers={"seconds": difference},
    )


def _query(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
