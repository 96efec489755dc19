"""The tests' site in a process of its own: the same database, and a Khalti behind a socket."""

import os

from tests.settings import *  # noqa: F403
from tests.settings import DATABASE, INSTALLED_APPS, WAGTAIL_KHALTI

QUEUE = os.environ.get("WORKERS_QUEUE", "default")

DATABASE["NAME"] = os.environ["WORKERS_DATABASE"]
INSTALLED_APPS = [*INSTALLED_APPS, "tests.workers", "django_tasks_db", "django_rq"]

WARM_UP = [
    "django.core.management.commands.migrate",
    "django_tasks_db.management.commands.db_worker",
    "rq",
    "wagtail_khalti.management.commands.khalti_reconcile",
]
"""What ``tests.warm`` imports besides, before it forks."""

WAGTAIL_KHALTI = {
    **WAGTAIL_KHALTI,
    "API_URL": os.environ["WORKERS_KHALTI"],
    "TIMEOUT": (5, 60),  # the tests keep answers back until all have asked, however busy the machine is
    "RECONCILE_EVERY": os.environ.get("WORKERS_RECONCILE_EVERY", "0"),
}

if backend := os.environ.get("WORKERS_BACKEND"):
    TASKS = {"default": {"BACKEND": backend, "QUEUES": ["default", QUEUE]}}
RQ_QUEUES = {name: {"URL": os.environ.get("WORKERS_REDIS", "")} for name in ("default", QUEUE)}
