"""The two queues of ``django-tasks``, each with its worker."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import uuid4

import pytest
import redis
import rq
from django.db import connection as database

from tests.workers.processes import Process, environment, run

TABLE = "django_tasks_database_dbtaskresult"
REDIS = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/15")


@dataclass(frozen=True, slots=True)
class Workers:
    """Those of one queue that nobody else uses."""

    khalti: str
    backend: str
    command: tuple[str, ...]
    queue: str = field(default_factory=lambda: f"khalti-{uuid4().hex[:12]}")

    def env(self, **more: str) -> dict[str, str]:
        return environment(self.khalti, backend=self.backend, queue=self.queue, redis=REDIS, **more)

    def enqueue(self, tasks: int) -> None:
        run(["tests.workers.enqueue", str(tasks)], self.env())

    def one(self, **more: str) -> Process:
        """Works until the queue is empty."""
        return Process([word.replace("QUEUE", self.queue) for word in self.command], self.env(**more))


@contextmanager
def workers_on_the_database(khalti: str) -> Iterator[Workers]:
    command = ("django", "db_worker", "--queue-name", "QUEUE", "--batch", "--no-startup-delay")
    workers = Workers(khalti, "django_tasks_db.DatabaseBackend", command)
    if TABLE not in database.introspection.table_names():
        run(["django", "migrate", "django_tasks_database", "--verbosity", "0"], workers.env())
    yield workers


@contextmanager
def workers_on_redis(khalti: str) -> Iterator[Workers]:
    connection = redis.Redis.from_url(REDIS)
    try:
        connection.ping()
    except redis.exceptions.ConnectionError as error:
        connection.close()
        pytest.skip(f"no Redis answers at {REDIS} ({error}); or set TEST_REDIS_URL")
    command = ("django", "rqworker", "QUEUE", "--burst", "--job-class", "django_tasks_rq.Job")
    workers = Workers(khalti, "django_tasks_rq.RQBackend", command)
    yield workers
    rq.Queue(workers.queue, connection=connection).delete(delete_jobs=True)
    for key in connection.scan_iter(f"rq:*{workers.queue}"):  # what is done expires by itself
        connection.delete(key)
    connection.close()
