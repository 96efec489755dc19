"""The site of the tests for processes beside the test: on its database, with a Khalti of the test's choice."""

import os

from tests.settings import *  # noqa: F403
from tests.settings import DATABASE, WAGTAIL_KHALTI

ROOT_URLCONF = "tests.concurrency.beside_urls"
DATABASE["NAME"] = os.environ["BESIDE_DATABASE"]
DATABASE["CONN_MAX_AGE"] = int(os.environ.get("BESIDE_CONN_MAX_AGE", "0"))

WAGTAIL_KHALTI = {
    **WAGTAIL_KHALTI,
    "API_URL": os.environ["BESIDE_KHALTI"],
    "TIMEOUT": float(os.environ.get("BESIDE_TIMEOUT", "20")),
    "MERCHANTS": {"other": {"SECRET_KEY": "another-key", "API_URL": os.environ["BESIDE_KHALTI"]}},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
