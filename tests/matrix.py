"""The suite in parts, each with what it needs; then one line that counts them all.

python -m tests.matrix [quick] [sqlite] [postgres] [mariadb] [chromium] [oldest] [newest] [total] [options of pytest]

Without a part: the four of ``make test``. ``total`` runs nothing, and counts what the parts before it left behind.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pymysql
from dj_database_url import parse

REPORTS = Path("build")
WORKERS = os.environ.get("TEST_WORKERS") or str(os.cpu_count() or 1)
IS_CI = os.environ.get("CI") == "true"
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or ""
NO_CHROMIUM = "there is no Chromium here (name one in the environment variable CHROMIUM)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    name: str
    variable: str = ""
    """Names one in the environment."""

    usual_url: str = ""
    """On the default local port, with the rights of a developer's own machine."""

    connect: Callable[[str], object] | None = None

    @property
    def url(self) -> str:
        return os.environ.get(self.variable) or self.usual_url


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    name: str
    which: str
    """The tests, as pytest's ``-m`` has it."""

    database: Database
    python: str = sys.executable

    @property
    def selection(self) -> str:
        """Where Python and Django are those of the usual environment, only Wagtail can make a difference."""
        if self.which == OF_A_VERSION and versions(self.python) == versions(sys.executable):
            return OF_WAGTAIL
        return self.which

    def lacks(self) -> str:
        """Empty where all but the database is there."""
        if not Path(self.python).exists():
            return (
                f"no {self.python}, for its Python was not found (make can be told one: PYTHON_{self.name.upper()}=…)"
            )
        return NO_CHROMIUM if self.which == BROWSER and not CHROMIUM else ""


@dataclass(slots=True)
class Aggregate:
    passed: int = 0
    failed: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    """By reason."""

    not_run: list[str] = field(default_factory=list)
    """Parts, each with its reason."""


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


SQLITE = Database(name="sqlite")
POSTGRES = Database(
    name="postgres",
    variable="TEST_POSTGRES_URL",
    usual_url="postgres://postgres@127.0.0.1:5432/wagtail_khalti",
    connect=connect_to_postgres,
)
MARIADB = Database(
    name="mariadb",
    variable="TEST_MARIADB_URL",
    usual_url="mysql://root@127.0.0.1:3306/wagtail_khalti",
    connect=connect_to_mariadb,
)
DATABASES = [SQLITE, POSTGRES, MARIADB]

BROWSER = "browser"

WHOLE = [
    Part(name="sqlite", which=f"not {BROWSER}", database=SQLITE),
    Part(name="postgres", which="every_database", database=POSTGRES),
    Part(name="mariadb", which="every_database", database=MARIADB),
    Part(name="chromium", which=BROWSER, database=SQLITE),
]
IN_ONE_PROCESS = "not browser and not heavy and not network"
QUICK = f"{IN_ONE_PROCESS} and not admin_pages"
OF_A_VERSION = f"({IN_ONE_PROCESS}) or every_version"
OF_WAGTAIL = f"({IN_ONE_PROCESS} and not without_wagtail) or every_version"

PARTS = {
    part.name: part
    for part in [
        *WHOLE,
        Part(name="quick", which=QUICK, database=SQLITE),
        Part(name="oldest", which=OF_A_VERSION, database=SQLITE, python=".venv-oldest/bin/python"),
        Part(name="newest", which=OF_A_VERSION, database=SQLITE, python=".venv-newest/bin/python"),
    ]
}


def main(arguments: list[str]) -> int:
    REPORTS.mkdir(exist_ok=True)
    options = [argument for argument in arguments if argument not in {*PARTS, "total"}]
    wanted = [PARTS[name] for name in arguments if name in PARTS]
    if "total" in arguments:
        return conclude(count(REPORTS.glob("tests-*.xml")))

    parts = wanted or WHOLE
    aggregate = count(run_all(parts, options))
    for part in parts:
        if reason := why_not(part):
            aggregate.not_run.append(f"{part.name}: {reason}")
    return conclude(aggregate)


def run_all(parts: Iterable[Part], options: list[str]) -> Iterator[Path]:
    """One after the other, for each uses all cores. Gives what pytest wrote down."""
    making = [make_template(part) for part in parts if not why_not(part)]
    for part in parts:
        report = REPORTS / f"tests-{part.name}.xml"
        report.unlink(missing_ok=True)
        if not why_not(part):
            run(part, report, options)
            yield report
    for process in making:
        process.wait()


def make_template(part: Part) -> subprocess.Popen[bytes]:
    """Migrating takes one core some seconds, while another would wait: so it begins while tests are looked for."""
    variables = environment(DATABASE_URL=part.database.url, DJANGO_SETTINGS_MODULE="tests.settings")
    return subprocess.Popen([part.python, "-m", "tests.databases"], env=variables)


def why_not(what: Part | Database) -> str:
    """Empty where it can run. A server that was named in the environment has to: else the tests fail, and say how."""
    if isinstance(what, Part):
        return what.lacks() or why_not(what.database)
    if what.connect is None or os.environ.get(what.variable):
        return ""
    try:
        what.connect(what.url)
    except (psycopg.Error, pymysql.MySQLError, OSError) as error:
        first_line = str(error).strip().splitlines()[0]
        return f"no server that lets us in at {what.usual_url} ({first_line}); or set {what.variable}"
    return ""


def run(part: Part, report: Path, options: list[str]) -> None:
    print(f"\n===== {part.name} =====\n", flush=True)
    began = time.monotonic()
    # In order: tests that empty the tables come last, and whoever took others' tests would miss what is gone.
    workers = [] if WORKERS == "1" else ["-n", WORKERS, "--dist", "load"]
    command = [part.python, "-m", "pytest", "-q", "-m", part.selection, f"--junitxml={report}", *workers, *options]
    subprocess.run(command, env=environment(DATABASE_URL=part.database.url), check=False)
    print(f"\n===== {part.name} took {time.monotonic() - began:.0f} s =====", flush=True)


def versions(python: str) -> str:
    """Of Python and Django, as 3.11 and 5.2."""
    question = "import django, sys; print(sys.version_info[:2], django.VERSION[:2])"
    return subprocess.run([python, "-c", question], capture_output=True, text=True, check=True).stdout


def environment(**more: str) -> dict[str, str]:
    """Ours, in which Python keeps what it compiled: hundreds of processes would compile the same files again."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, **more}


def count(reports: Iterable[Path]) -> Aggregate:
    """A part that left no report broke off, and counts as a failure."""
    aggregate = Aggregate()
    for report in reports:
        if not report.exists():
            aggregate.failed += 1
            print(f"{report.stem} broke off")
            continue
        tree = ElementTree.parse(report)
        for suite in tree.iter("testsuite"):
            failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
            aggregate.failed += failed
            aggregate.passed += int(suite.get("tests", 0)) - failed - int(suite.get("skipped", 0))
        aggregate.skipped.update(skipped.get("message") or "for no reason given" for skipped in tree.iter("skipped"))
    return aggregate


def conclude(aggregate: Aggregate) -> int:
    """In words; the exit code."""
    reasons = [
        *aggregate.not_run,
        *(f"{times} × {' '.join(why.split())}" for why, times in aggregate.skipped.most_common()),
    ]
    print(f"\nSkipped: {'; '.join(reasons) or 'nothing'}")
    print(f"\n{aggregate.passed} passed, {aggregate.failed} failed, {aggregate.skipped.total()} skipped")
    return 1 if aggregate.failed or not aggregate.passed or (IS_CI and aggregate.not_run) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
