"""A migrated template for each database server, copied for each test process.

Migrations take some ten seconds of each process; a copy takes a tenth of one. The template is made where there is none
for today's migrations, by running them from nothing.

``python -m tests.databases`` makes it, for who will need it soon.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import django
from django.apps import apps
from django.conf import settings
from django.core.management.commands import flush
from django.db import connection
from django.test.utils import setup_databases

BUILD = Path(__file__).parent.parent / "build" / "databases"
SAME_FOR_ALL = {"django_content_type", "auth_permission"}
"""Tables that follow from the models, and that no test changes."""


@contextmanager
def copied_database(worker: str = "") -> Iterator[None]:
    """The default connection leads to a database of this process's own, as migrated, until the context ends.

    ``worker``: told apart from others of the same process id, such as in a container.
    """
    template = _migrated_template()
    suffix = f"{worker}{os.getpid()}"
    creation: Any = connection.creation
    connection.close()
    _lead_to(template)
    creation.clone_test_db(suffix=suffix, verbosity=0, autoclobber=True)
    _lead_to(creation.get_test_db_clone_settings(suffix)["NAME"])
    _empty_cheaply()
    try:
        yield
    finally:
        creation.destroy_test_db(old_database_name=template, verbosity=0)
        connection.close()


def _migrated_template() -> str:
    """Its name. One process makes it, and others that come meanwhile wait."""
    BUILD.mkdir(parents=True, exist_ok=True)
    name = _template_name(_fingerprint())
    is_made = BUILD / f"{connection.vendor}-{Path(name).name}.made"
    with (BUILD / f"{connection.vendor}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (is_made.exists() and _exists(name)):
            is_made.unlink(missing_ok=True)
            _drop_outdated(name)
            connection.settings_dict["TEST"]["NAME"] = name
            setup_databases(verbosity=0, interactive=False, serialized_aliases=set())
            connection.close()
            is_made.touch()
    return name


def _template_name(fingerprint: str) -> str:
    if connection.vendor == "sqlite":
        return str(BUILD / f"{fingerprint}.sqlite3")
    return f"test_{settings.DATABASES['default']['NAME']}_{fingerprint}"


def _fingerprint() -> str:
    """Of all that makes the tables what they are."""
    digest = hashlib.sha256(repr((django.VERSION, settings.INSTALLED_APPS, settings.LANGUAGE_CODE)).encode())
    for path in sorted(_migrations()):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:10]


def _migrations() -> Iterator[Path]:
    for app in apps.get_app_configs():
        if any(module.name == "migrations" for module in iter_modules([app.path])):
            package = import_module(f"{app.name}.migrations")
            yield from (path for folder in package.__path__ for path in Path(folder).glob("*.py"))


def _exists(name: str) -> bool:
    return Path(name).exists() if connection.vendor == "sqlite" else name in _names_on_server()


def _names_on_server() -> list[str]:
    catalogue = {
        "postgresql": "SELECT datname FROM pg_database",
        "mysql": "SELECT schema_name FROM information_schema.schemata",
    }[connection.vendor]
    with connection._nodb_cursor() as cursor:
        cursor.execute(catalogue)
        return [name for (name,) in cursor.fetchall()]


def _drop_outdated(template: str) -> None:
    """Templates of other migrations, and what killed processes copied from them."""
    if connection.vendor == "sqlite":
        return
    ours = template.rpartition("_")[0] + "_"
    with connection._nodb_cursor() as cursor:
        for name in _names_on_server():
            if name.startswith(ours) and not name.startswith(template):
                cursor.execute(f"DROP DATABASE {connection.ops.quote_name(name)}")


def _empty_cheaply() -> None:
    """Between two tests that commit. Django empties every table, and then takes 0.2 s to fill two of them again with
    what was in them: those stay as they are. On all connections: a test with an event loop has one of its own.
    """
    flush.sql_flush = _statements
    flush.emit_post_migrate_signal = lambda *_arguments, **_options: None


def _statements(style: Any, connection: Any, reset_sequences: bool = True, allow_cascade: bool = False) -> list[str]:
    every = connection.introspection.django_table_names(only_existing=True, include_views=False)
    tables = [table for table in every if table not in SAME_FOR_ALL]
    if connection.vendor == "postgresql":
        return _deletions(tables)
    return connection.ops.sql_flush(style, tables, reset_sequences=reset_sequences, allow_cascade=allow_cascade)


def _deletions(tables: Iterable[str]) -> list[str]:
    """PostgreSQL takes 0.3 s to truncate a hundred small tables, and 0.01 s to delete what is in them."""
    return [f"DELETE FROM {connection.ops.quote_name(table)}" for table in tables]


def _lead_to(name: str) -> None:
    settings.DATABASES["default"]["NAME"] = name
    connection.settings_dict["NAME"] = name


if __name__ == "__main__":
    django.setup()
    _migrated_template()
