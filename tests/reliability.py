"""``make reliability``: crowds and masses in full numbers, on each database that is here, as a table.

python -m tests.reliability [sqlite] [postgres] [mariadb] [options of pytest]
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import Any

from tests.matrix import DATABASES, REPORTS, WORKERS, Database, environment, why_not

TESTS = ["concurrency", "masses", "crash", "random_runs", "workers", "doctor/test_schema.py"]
ONLY_ON_SQLITE = [
    "actions/test_faults.py",
    "lookups/test_lookup_bodies.py",
    "ledger/test_properties.py",
    "ledger/test_sequences.py",
    "contract/test_faults.py",
    "gateway/test_properties.py",
]
"""What no database changes."""

IN_PARALLEL = ["-n", WORKERS, "--dist", "load"]
"""Each of them has a database of its own."""

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
    """One database after the other, each on all cores."""
    report = REPORTS / f"reliability-{database.name}.jsonl"
    report.unlink(missing_ok=True)
    began = time.monotonic()
    print(f"\n===== {database.name} =====\n", flush=True)
    tests = [f"tests/{name}" for name in [*TESTS, *(ONLY_ON_SQLITE if database.name == "sqlite" else [])]]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--durations=10", *IN_PARALLEL, *(options or tests)],
        env=environment(DATABASE_URL=database.url, RELIABILITY="full", RELIABILITY_REPORT=str(report)),
        check=False,
    )
    print(f"\n===== {database.name} took {time.monotonic() - began:.0f} s =====", flush=True)
    return done.returncode == 0


def lines_of(database: Database) -> list[Line]:
    """In a fixed order, whichever came first; of parts of the same, the sum."""
    report = REPORTS / f"reliability-{database.name}.jsonl"
    lines: dict[tuple[str, str], Line] = {}
    for told in report.read_text().splitlines() if report.exists() else []:
        line = json.loads(told)
        key = line["what"], line["how_many"]
        lines[key] = added(lines[key], line) if key in lines else line
    return [lines[key] for key in sorted(lines)]


def added(one: Line, other: Line) -> Line:
    came_out = {name: value + other["came_out"][name] for name, value in one["came_out"].items()}
    return {**one, "came_out": came_out, "seconds": one["seconds"] + other["seconds"]}


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
