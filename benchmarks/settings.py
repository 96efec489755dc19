"""The site of the tests, with the plain views and a database of its own."""

import json
import os

from tests.settings import *  # noqa: F403
from tests.settings import BUILD, DATABASE, HERE, INSTALLED_APPS, TEMPLATES

ROOT_URLCONF = "benchmarks.urls"
INSTALLED_APPS = [*INSTALLED_APPS, "benchmarks"]
TEMPLATES[0]["DIRS"] = [HERE.parent / "benchmarks" / "templates"]

NAME = f"benchmark-{os.getpid()}"  # so that concurrent runs don't share it
DATABASE.setdefault("TEST", {})["NAME"] = (
    BUILD / f"{NAME}.sqlite3" if DATABASE["ENGINE"].endswith("sqlite3") else NAME.replace("-", "_")
)
if "BENCHMARK_DATABASE" in os.environ:
    DATABASE["NAME"] = os.environ["BENCHMARK_DATABASE"]  # a process that an other one started, in the database of that
if "BENCHMARK_KHALTI" in os.environ:
    WAGTAIL_KHALTI = json.loads(os.environ["BENCHMARK_KHALTI"])  # and with the Khalti of that
