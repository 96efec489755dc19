"""``python -m benchmarks.staff FILE NAME EXPORTED SIZE…``: in the database of ``DATABASE_URL``, with so many payments.

With 100,000 and with as many as ``EXPORTED`` the exports are measured, too. Says its tables, and leaves its figures in
the file.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
django.setup()

from django.test.utils import setup_databases, teardown_databases  # noqa: E402 - all below need the setup above

from benchmarks.anonymizing import measure_anonymizing  # noqa: E402
from benchmarks.figures import Figure, keep, table  # noqa: E402
from benchmarks.machine import machine  # noqa: E402
from benchmarks.staff.exports import MAX_PEER_ROWS, measure_exports  # noqa: E402
from benchmarks.staff.ledger import add_checkout_views, fill_ledger  # noqa: E402
from benchmarks.staff.report import page_figures, page_table  # noqa: E402
from benchmarks.staff.seed import shops  # noqa: E402
from benchmarks.staff.visits import Visited, first_look, make_manager, visit_all  # noqa: E402


def main(path: Path, name: str, exported: int, *sizes: int) -> None:
    visited: list[Visited] = []
    others: list[Figure] = []
    database = setup_databases(verbosity=0, interactive=False, serialized_aliases=set())
    try:
        pages = shops()
        add_checkout_views(pages)
        make_manager()
        for size in sizes:
            log(f"{name}: {size:,} payments")
            fill_ledger(size, pages)
            log(f"{name}: pages with {size:,}")
            others.append(of_first_look(name, size))
            visited += visit_all(size)
            if size == exported or MAX_PEER_ROWS == size < exported:
                log(f"{name}: exports of {size:,}")
                others += measure_exports(name, size)
        log(f"{name}: anonymising a part of {sizes[-1]:,}")
        others += measure_anonymizing(name, sizes[-1])  # last: it changes what pages show
    finally:
        teardown_databases(database, verbosity=0)

    keep([*page_figures(name, visited), *others], path)
    print(f"\n{machine()}\n\n{page_table(visited)}\n\n{table(others)}", flush=True)


def of_first_look(name: str, size: int) -> Figure:
    return Figure(
        name=f"staff_{name}_insights_first_look_{size}",
        what=f"Insights of a year, opened for the first time ever, with {size:,} payments",
        value=first_look(),
        unit="s",
    )


def log(what: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {what} …", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], *map(int, sys.argv[3:]))
