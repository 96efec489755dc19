"""The site of the tests, with the plain view beside the package and a database of its own."""

import os

from tests.settings import *  # noqa: F403
from tests.settings import BUILD, DATABASE, HERE, TEMPLATES

ROOT_URLCONF = "benchmarks.urls"
TEMPLATES[0]["DIRS"] = [HERE.parent / "benchmarks" / "templates"]

NAME = f"benchmark-{os.getpid()}"  # of this run alone, whatever else runs beside it
DATABASE.setdefault("TEST", {})["NAME"] = (
    BUILD / f"{NAME}.sqlite3" if DATABASE["ENGINE"].endswith("sqlite3") else NAME.replace("-", "_")
)
