"""``python -m benchmarks.core FILE``: the checkout, the block and reconcile, in the database of ``DATABASE_URL``."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
django.setup()

from django.db import connection  # noqa: E402 - all below need the setup above
from django.test.utils import setup_databases, teardown_databases  # noqa: E402

from benchmarks.figures import keep, table  # noqa: E402
from benchmarks.measures import measure_all  # noqa: E402


def main(path: Path) -> None:
    database = setup_databases(verbosity=0, interactive=False, serialized_aliases=set())
    try:
        figures = list(measure_all())
    finally:
        teardown_databases(database, verbosity=0)

    keep(figures, path)
    print(f"Python {platform.python_version()}, Django {django.__version__}, {connection.display_name}\n")
    print(table(figures))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
