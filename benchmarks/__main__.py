"""``python -m benchmarks``: prints a table and writes ``build/bench.json``.

Fails only where something could not be measured. A missed budget is said, and is for a person to judge.
"""

from __future__ import annotations

import os
import platform

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
django.setup()

from django.conf import settings  # noqa: E402 - all below need the setup above
from django.db import connection  # noqa: E402
from django.test.utils import setup_databases, teardown_databases  # noqa: E402

from benchmarks.figures import table, verdict, write  # noqa: E402
from benchmarks.measures import measure_all  # noqa: E402


def main() -> None:
    database = setup_databases(verbosity=0, interactive=False, serialized_aliases=set())
    try:
        figures = list(measure_all())
    finally:
        teardown_databases(database, verbosity=0)

    write(figures, settings.BUILD / "bench.json")
    print(f"Python {platform.python_version()}, Django {django.__version__}, {connection.display_name}\n")
    print(table(figures))
    print(f"\n{verdict(figures)}")


if __name__ == "__main__":
    main()
