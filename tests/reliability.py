"""``make reliability``: crowds and masses in full numbers, on each database that is here, as a table.

python -m tests.reliability [sqlite] [postgres] [mariadb] [options of pytest]
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import Any

from tests.matrix import DATABASES, REPORTS, Database, why_not

TESTS = ["tests/concurrency", "tests/masses", "tests/crash", "tests/random_runs"]
Line = dict[str, Any]


def main(arguments: list[str]) -> int:
    known = {database.name for database in DATABASES}
    wanted = [argument for argument in arguments if argument in known] or known
    options = [argument for argument in arguments if argument not in known]
    REPORTS.mkdir(exist_ok=True)

    here = [database for database in DATABASES if database.name in wanted and not why_not(database)]
    left_out = {database.name: why_not(database) for database in DATABASES if database not in here}
    went_well = [run(database, options) for database in here]

    print("\n".join(table({database.name: lines_of(database) for database in here})))
    for name, reason in left_out.items():
        print(f"Left out: {name}: {reason or 'not asked for'}")
    return 0 if here and all(went_well) else 1


def run(database: Database, options: list[str]) -> bool:
    """One database after the other: each of them is to have the machine to itself."""
    report = REPORTS / f"reliability-{database.name}.jsonl"
    report.unlink(missing_ok=True)
    began = time.monotonic()
    print(f"\n===== {database.name} =====\n", flush=True)
    environment = {"DATABASE_URL": database.url, "RELIABILITY": "full", "RELIABILITY_REPORT": str(report)}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--durations=10", *(options or TESTS)],
        env={**os.environ, **environment},
        check=False,
    )
    print(f"\n===== {database.name} took {time.monotonic() - began:.0f} s =====", flush=True)
    return done.returncode == 0


def lines_of(database: Database) -> list[Line]:
    report = REPORTS / f"reliability-{database.name}.jsonl"
    return [json.loads(line) for line in report.read_text().splitlines()] if report.exists() else []


def table(by_database: dict[str, list[Line]]) -> list[str]:
    """In Markdown: what was done, how often, and what came of it on each database; empty where it did not go well."""
    whats = {(line["what"], line["how_many"]): None for lines in by_database.values() for line in lines}
    rows = [["what", "how many", *by_database]]
    rows.append(["---"] * len(rows[0]))
    for what, how_many in whats:
        cells = [cell(what, how_many, lines) for lines in by_database.values()]
        rows.append([what, how_many, *cells])
    return ["", *(f"| {' | '.join(row)} |" for row in rows)]


def cell(what: str, how_many: str, lines: list[Line]) -> str:
    for line in lines:
        if (line["what"], line["how_many"]) == (what, how_many):
            came_out = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in line["came_out"].items())
            return f"{came_out} ({line['seconds']} s)"
    return ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
