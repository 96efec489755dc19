"""``make test``: the suite on each database that is here, and in words what was left out.

python -m tests.matrix [sqlite] [postgres] [mariadb] [chromium] [options of pytest]
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pymysql
from dj_database_url import parse

REPORTS = Path("build")
# What tells nothing new on another database: browsers, packages, the example site, Khalti's border, and pages.
ALIKE_ON_ALL = (
    "demo",
    "install",
    "docs",
    "gateway",
    "contract",
    "custom_page",
    "testing",
    "public",
    "staff/payment",
    "staff/inbox",
    "staff/insights",
    "staff/test_[abcpst]*",
)
ONLY_DATABASE = ["-m", "not browser and not network", *(f"--ignore-glob=tests/{name}" for name in ALIKE_ON_ALL)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    name: str
    variable: str = ""
    """Names one in the environment."""

    usual_url: str = ""
    """On the default local port, with the rights of a developer's own machine."""

    connect: Callable[[str], object] | None = None
    options: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return os.environ.get(self.variable) or self.usual_url


@dataclass(slots=True)
class Tally:
    passed: int = 0
    failed: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    """By reason."""


def connect_to_postgres(url: str) -> None:
    given = parse(url)
    psycopg.connect(
        host=given["HOST"],
        port=given["PORT"] or None,
        user=given["USER"],
        password=given["PASSWORD"] or None,
        dbname="postgres",
        connect_timeout=3,
    ).close()


def connect_to_mariadb(url: str) -> None:
    given = parse(url)
    pymysql.connect(
        host=given["HOST"],
        port=int(given["PORT"] or 3306),
        user=given["USER"],
        password=given["PASSWORD"],
        connect_timeout=3,
    ).close()


CHROMIUM = "chromium"
DATABASES = [
    Database(name="sqlite", options=["-m", "not browser"]),
    Database(
        name="postgres",
        variable="TEST_POSTGRES_URL",
        usual_url="postgres://postgres@127.0.0.1:5432/wagtail_khalti",
        connect=connect_to_postgres,
        options=ONLY_DATABASE,
    ),
    Database(
        name="mariadb",
        variable="TEST_MARIADB_URL",
        usual_url="mysql://root@127.0.0.1:3306/wagtail_khalti",
        connect=connect_to_mariadb,
        options=ONLY_DATABASE,
    ),
    Database(name=CHROMIUM, options=["-m", "browser"]),
]


def main(arguments: list[str]) -> int:
    known = {database.name for database in DATABASES}
    wanted = [argument for argument in arguments if argument in known] or known
    options = [argument for argument in arguments if argument not in known]
    REPORTS.mkdir(exist_ok=True)

    asked = [database for database in DATABASES if database.name in wanted]
    left_out = {database.name: reason for database in asked if (reason := why_not(database))}
    went_well = run_all([database for database in asked if database.name not in left_out], options)

    say(count_all(went_well), left_out, [name for name, is_well in went_well.items() if not is_well])
    return 0 if all(went_well.values()) else 1


def run_all(databases: list[Database], options: list[str]) -> dict[str, bool]:
    """Databases together, for each waits a lot; browsers need a quiet machine, so they come alone, before your eyes."""
    together = [database for database in databases if database.name != CHROMIUM]
    alone = [database for database in databases if database.name == CHROMIUM]
    with ThreadPoolExecutor(max_workers=3) as threads:
        results = threads.map(lambda database: run(database, options, is_shown_at_the_end=len(together) > 1), together)
        went_well = {database.name: result for database, result in zip(together, results, strict=True)}
    return went_well | {database.name: run(database, options) for database in alone}


def why_not(database: Database) -> str:
    """Empty where it answers. One that was named in the environment has to: then the tests fail, and say how."""
    if database.connect is None or os.environ.get(database.variable):
        return ""
    try:
        database.connect(database.url)
    except (psycopg.Error, pymysql.MySQLError, OSError) as error:
        first_line = str(error).strip().splitlines()[0]
        return f"no server that lets us in at {database.usual_url} ({first_line}); or set {database.variable}"
    return ""


def run(database: Database, options: list[str], *, is_shown_at_the_end: bool = False) -> bool:
    """Whether all went well."""
    report_of(database.name).unlink(missing_ok=True)
    title = f"\n===== {database.name} =====\n"
    if not is_shown_at_the_end:
        print(title, flush=True)
    began = time.monotonic()

    report = f"--junitxml={report_of(database.name)}"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", report, *database.options, *options],
        env={**os.environ, "DATABASE_URL": database.url},
        stdout=subprocess.PIPE if is_shown_at_the_end else None,
        stderr=subprocess.STDOUT if is_shown_at_the_end else None,
        text=True,
        check=False,
    )

    shown = f"{title}\n{done.stdout}" if is_shown_at_the_end else ""
    print(f"{shown}\n===== {database.name} took {time.monotonic() - began:.0f} s =====", flush=True)
    return done.returncode == 0


def report_of(name: str) -> Path:
    return REPORTS / f"tests-{name}.xml"


def count_all(names: Iterable[str]) -> Tally:
    """Add up what pytest wrote down."""
    tally = Tally()
    for tree in (ElementTree.parse(report_of(name)) for name in names if report_of(name).exists()):
        for suite in tree.iter("testsuite"):
            failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
            tally.failed += failed
            tally.passed += int(suite.get("tests", 0)) - failed - int(suite.get("skipped", 0))
        tally.skipped.update(skipped.get("message") or "for no reason given" for skipped in tree.iter("skipped"))
    return tally


def say(tally: Tally, left_out: dict[str, str], broken: list[str]) -> None:
    print(f"\n{tally.passed} passed, {tally.failed} failed, {tally.skipped.total()} skipped")
    if broken:
        print(f"Not well on: {', '.join(broken)}")
    skipped = [*(f"{name}: {reason}" for name, reason in left_out.items()), *reasons(tally)]
    print(f"Skipped: {'; '.join(skipped)}" if skipped else "Skipped: nothing")


def reasons(tally: Tally) -> Iterator[str]:
    for reason, times in tally.skipped.most_common():
        yield f"{times} × {' '.join(reason.split())}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
