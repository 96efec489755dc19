"""The settings of a site with one app of its own, named in the environment; no app of the other tests."""

import os
from pathlib import Path

from tests.settings import *  # noqa: F403
from tests.settings import DATABASE, INSTALLED_APPS

APP = os.environ["SITE_APP"]
INSTALLED_APPS = [APP, *(app for app in INSTALLED_APPS if not app.startswith("tests."))]
ROOT_URLCONF = f"{APP}.urls"
DATABASE["TEST"] = {
    **DATABASE.get("TEST", {}),
    "NAME": str(Path.cwd() / "site.sqlite3") if DATABASE["ENGINE"].endswith("sqlite3") else f"site_{os.getpid()}",
}
