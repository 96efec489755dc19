"""Without a worker and cron, page views start a short reconcile after their response has been sent."""

from __future__ import annotations

import logging
import threading
import time
from datetime import timedelta

from django.core.exceptions import ImproperlyConfigured
from django.db import connections, transaction
from django.http import HttpRequest
from django.urls import get_script_prefix, set_script_prefix

from wagtail_khalti import tasks
from wagtail_khalti.actions import reconcile
from wagtail_khalti.conf import configuration
from wagtail_khalti.models import KhaltiRun

logger = logging.getLogger(__name__)

CONCURRENCY = 4  # lookups at a time; one thread applies their responses
SECONDS = 10.0  # also if the interval is shorter
SHARE = 0.5  # at most, of the interval: a web server has other things to do
WITHOUT_WORKERS = {"ImmediateBackend", "DummyBackend"}  # of django_tasks, and of Django itself


def reconcile_after_response(request: HttpRequest) -> None:
    """Does nothing before the response is sent, and nobody waits for the result.

    Django closes a request once its response is sent, under WSGI and ASGI alike. Under ASGI, before Django 6.1, the
    view's context-locals are gone by then.
    """
    close, script_prefix = request.close, get_script_prefix()

    def close_and_reconcile() -> None:
        close()
        _start_run(script_prefix)

    request.close = close_and_reconcile  # type: ignore[method-assign]  # there is no hook for it


def _start_run(script_prefix: str) -> None:
    """Never raises. Usually it ends here, without a query."""
    if (every := _interval()) and not _is_inside_a_test():
        _background_run.start(every, script_prefix)


def _interval() -> timedelta | None:
    try:
        return configuration().reconcile_every or None
    except ImproperlyConfigured:
        return None  # the system checks report it


def _is_inside_a_test() -> bool:
    """After a request only a ``TestCase`` has an open transaction, whose rows no other connection can see."""
    return bool(transaction.get_connection().in_atomic_block)


class _BackgroundRun:
    """At most one thread per process, and no query before the interval has passed by the process's own clock."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._not_before = 0.0
        self._thread: threading.Thread | None = None

    def start(self, every: timedelta, script_prefix: str) -> None:
        with self._lock:
            now = time.monotonic()
            if now < self._not_before or (self._thread and self._thread.is_alive()):
                return
            self._not_before = now + every.total_seconds()
            self._thread = threading.Thread(target=_work, args=[every, script_prefix], name="khalti", daemon=True)
            try:
                self._thread.start()
            except RuntimeError as error:  # too many threads, or the process is about to end
                logger.warning("No reconcile could be started after a response: %s", error)
                self._thread = None

    def wait(self) -> None:
        """Until the thread has finished, for tests."""
        if self._thread:
            self._thread.join()


_background_run = _BackgroundRun()


def _work(every: timedelta, script_prefix: str) -> None:
    """``script_prefix``: receivers may reverse URLs, which must be right under a sub-path, too."""
    try:
        set_script_prefix(script_prefix)
        _reconcile_if_due(every)
    except Exception:
        # Nobody waits for this thread; due payments stay due.
        logger.exception("The reconcile after a response failed")
    finally:
        connections.close_all()


def _reconcile_if_due(every: timedelta) -> None:
    """In one of all processes, unless cron or a worker did it within the interval."""
    is_queue_processed = _has_last_run_ended()
    if not KhaltiRun.begin_once_every(every, KhaltiRun.Work.RECONCILE):
        return
    if _has_workers() and is_queue_processed:
        tasks.reconcile.enqueue(after_page_view=True)
    else:
        seconds = max(SECONDS, every.total_seconds() * SHARE)
        reconcile(concurrency=CONCURRENCY, seconds=seconds, after_page_view=True)


def _has_workers() -> bool:
    kinds = type(tasks.reconcile.get_backend()).__mro__
    return not WITHOUT_WORKERS.intersection(kind.__name__ for kind in kinds)


def _has_last_run_ended() -> bool:
    """If not, perhaps no worker takes tasks from the queue; then a part is done here."""
    run = KhaltiRun.objects.filter(work=KhaltiRun.Work.RECONCILE).first()
    return run is None or (run.finished_at is not None and run.finished_at >= run.begun_at)
