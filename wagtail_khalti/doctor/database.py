"""Whether the database answers, is up to date, can undo, and has the right time."""

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

from wagtail_khalti.database.characters import narrow_dimensions
from wagtail_khalti.doctor.finding import Finding, Level, Subject

LABEL = "wagtail_khalti"
CLOCKS_MAY_DIFFER = 5  # seconds; claims last minutes

SECONDS_NOW = {
    "postgresql": "SELECT EXTRACT(EPOCH FROM clock_timestamp())",
    "mysql": "SELECT UNIX_TIMESTAMP(SYSDATE(6))",
}
"""By vendor. SQLite has no clock of its own."""

TABLES_THAT_UNDO_NOTHING = """
    SELECT t.table_name, t.engine
    FROM information_schema.tables t LEFT JOIN information_schema.engines e ON e.engine = t.engine
    WHERE t.table_schema = DATABASE() AND t.table_type = 'BASE TABLE' AND COALESCE(e.transactions, 'NO') <> 'YES'
    ORDER BY t.table_name
"""

found = partial(Finding, subject=Subject.DATABASE)


def models() -> list[type[Model]]:
    """Those of this package."""
    return list(apps.get_app_config(LABEL).get_models())


def answers() -> Iterator[Finding]:
    """The first question: without an answer there is no use in the others."""
    _ask("SELECT 1")
    version = ".".join(str(number) for number in connection.get_database_version())
    sentence = _("%(database)s %(version)s answers.") % {"database": connection.display_name, "version": version}
    yield found(level=Level.OK, name="answers", sentence=sentence)


def migrations() -> Iterator[Finding]:
    """Of this package, and of what its tables rest on."""
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
    """Whether a transaction can be undone: a table of MyISAM keeps what was rolled back, without a word."""
    if connection.vendor != "mysql":  # the others have no such tables
        yield found(level=Level.OK, name="transactions", sentence=_("Transactions can be undone."))
        return
    ours = {model._meta.db_table for model in models()}
    rows = [(table, engine) for table, engine in _ask(TABLES_THAT_UNDO_NOTHING) if table in ours]
    if not rows:
        yield found(level=Level.OK, name="transactions", sentence=_("Transactions can be undone."))
    for table, engine in rows:
        yield found(
            level=Level.ERROR,
            name="no_transactions",
            sentence=_("The table %(table)s is kept by %(engine)s, which can't undo a transaction.")
            % {"table": table, "engine": engine},
            remedy=_("With the site stopped: ALTER TABLE %s ENGINE=InnoDB; and then look at the constraints again.")
            % table,
        )


def characters() -> Iterator[Finding]:
    """Whether a name with an emoji can be saved: in MySQL's older "utf8" it is an error."""
    narrow = narrow_dimensions()
    if not narrow:
        yield found(level=Level.OK, name="characters", sentence=_("Every character can be saved."))
    if spoken := narrow.pop("", None):
        yield found(
            level=Level.WARNING,
            name="connection_narrow",
            sentence=_("The connection to the database speaks %s, in which there are no emoji.") % spoken,
            remedy=_('In the settings: DATABASES["default"]["OPTIONS"]["charset"] = "utf8mb4".'),
        )
    if narrow:
        tables = ", ".join(f"{table} ({name})" for table, name in narrow.items())
        yield found(
            level=Level.WARNING,
            name="characters_narrow",
            sentence=_("Tables that can't keep every character: %s. Who types an emoji is told to leave it out.")
            % tables,
            remedy=_("With the site stopped: %s")
            % " ".join(f"ALTER TABLE {table} CONVERT TO CHARACTER SET utf8mb4;" for table in narrow),
        )


def clock() -> Iterator[Finding]:
    """Each machine's own clock says what is due and how long a claim lasts, so they have to agree."""
    if connection.vendor not in SECONDS_NOW:
        return
    before = timezone.now()
    [[seconds]] = _ask(SECONDS_NOW[connection.vendor])
    here = (before.timestamp() + timezone.now().timestamp()) / 2
    difference = round(here - float(seconds))
    if abs(difference) <= CLOCKS_MAY_DIFFER:
        sentence = _("This machine and the database agree on the time.")
        yield found(level=Level.OK, name="clocks_agree", sentence=sentence)
        return
    yield found(
        level=Level.WARNING,
        name="clocks_differ",
        sentence=_("The clocks of this machine and of the database are %s seconds apart.") % abs(difference),
        remedy=_("Let both keep time with NTP: what is due, and who has it in hand, is told by the clock."),
        numbers={"seconds": difference},
    )


def _ask(question: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(question)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
