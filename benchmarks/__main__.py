"""``python -m benchmarks [core] [staff] [payables] [sqlite] [postgres]``.

Prints tables and writes ``build/bench.json``. Fails only where something could not be
measured. A missed budget is said, and is for a person to judge.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.figures import Figure, kept, verdict, write
from tests.matrix import DATABASES, why_not

BUILD = Path(__file__).parent.parent / "build"
PARTS = ("core", "staff", "payables")
ON = {database.name: database for database in DATABASES if database.name in ("sqlite", "postgres")}
"""Where the staff side is measured; the core is where ``DATABASE_URL`` says."""

SIZES = (1_000, 100_000, 1_000_000)


def main() -> None:
    asked, began = read_arguments(), time.monotonic()
    parts = [part for part in PARTS if part in asked.what] or PARTS
    databases = [name for name in ON if name in asked.what] or list(ON)
    figures: list[Figure] = []
    BUILD.mkdir(exist_ok=True)
    if "core" in parts:
        figures += measured("benchmarks.core")
    if "staff" in parts:
        figures += staff_side(databases, rows=asked.rows, export_rows=asked.export_rows)
    if "payables" in parts:
        figures += orders_on(databases if len(databases) < len(ON) else [database.name for database in DATABASES])

    print(f"\nAll of it took {(time.monotonic() - began) / 60:.0f} min.")
    write(figures, BUILD / "bench.json")
    print(f"\n{verdict(figures)}")


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    known = ", ".join((*PARTS, *ON))
    parser.add_argument("what", nargs="*", help=f"parts, and databases for the staff side: {known}; without one all")
    parser.add_argument(
        "--rows",
        type=int,
        default=os.environ.get("STAFF_ROWS") or SIZES[-1],
        help="payments at most, for the staff side (or STAFF_ROWS)",
    )
    parser.add_argument(
        "--export-rows",
        type=int,
        default=os.environ.get("STAFF_EXPORT_ROWS") or SIZES[-1],
        help="payments at most that are exported (or STAFF_EXPORT_ROWS)",
    )
    asked = parser.parse_args()
    if unknown := set(asked.what) - {*PARTS, *ON}:
        parser.error(f"{', '.join(sorted(unknown))}: not among {known}")
    return asked


def staff_side(names: Iterable[str], *, rows: int, export_rows: int) -> Iterator[Figure]:
    sizes = [*(size for size in SIZES if size < rows), rows]
    exported = max((size for size in sizes if size <= export_rows), default=sizes[0])
    for name in names:
        if reason := why_not(ON[name]):
            print(f"\nStaff side on {name}: skipped, {reason}")
            continue
        numbers = map(str, (exported, *sizes))
        yield from measured("benchmarks.staff", name, *numbers, database_url=ON[name].url)


def orders_on(names: Iterable[str]) -> Iterator[Figure]:
    for name in names:
        database = next(database for database in DATABASES if database.name == name)
        if reason := why_not(database):
            print(f"\nPayables on {name}: skipped, {reason}")
            continue
        yield from measured("benchmarks.payables", name, database_url=database.url)


def measured(module: str, *arguments: str, database_url: str | None = None) -> list[Figure]:
    """In a process of its own, with its own settings, which says what it found and leaves it in a file."""
    environment = os.environ if database_url is None else {**os.environ, "DATABASE_URL": database_url}
    name, began = "-".join([module.removeprefix("benchmarks."), *arguments[:1]]), time.monotonic()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "figures.json"
        command = [sys.executable, "-m", module, str(path), *arguments]
        done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
        found = kept(path)
    print(f"\n{done.stdout.strip()}\n\n{name} took {time.monotonic() - began:.0f} s.", flush=True)
    (BUILD / f"bench-{name}.txt").write_text(f"{done.stdout.strip()}\n")
    return found


if __name__ == "__main__":
    main()
