"""With no worker and no cron, a page view moves a few due checks on, after its answer has gone out."""

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

CONCURRENCY = 4  # questions at a time; the thread that works with the answers is one
SECONDS = 10.0  # also where the interval is shorter
SHARE = 0.5  # of the interval, at most, while so much is due: a web server has other things to do
WITHOUT_WORKERS = {"ImmediateBackend", "DummyBackend"}  # of django_tasks, and of Django itself


def reconcile_after_this_answer(request: HttpRequest) -> None:
    """It costs nothing now, and nobody waits for what comes of it.

    Django closes a request once its answer is out, under WSGI and ASGI alike. What a view keeps in a context-local
    is gone by then under ASGI, before Django 6.1.
    """
    close, script_prefix = request.close, get_script_prefix()

    def close_and_lend_a_hand() -> None:
        close()
        _lend_a_hand(script_prefix)

    request.close = close_and_lend_a_hand  # type: ignore[method-assign]  # there is no hook for it


def _lend_a_hand(script_prefix: str) -> None:
    """Never raises. Most of the time it ends here, without a question to the database."""
    if (every := _interval()) and not _is_inside_a_test():
        _hand.lend(every, script_prefix)


def _interval() -> timedelta | None:
    try:
        return configuration().reconcile_every or None
    except ImproperlyConfigured:
        return None  # the system checks tell


def _is_inside_a_test() -> bool:
    """After a request only a ``TestCase`` still has a transaction open, whose rows no other connection can see."""
    return bool(transaction.get_connection().in_atomic_block)


class _Hand:
    """One thread at most in this process, and this process's own clock before anybody else is asked."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._not_before = 0.0
        self._thread: threading.Thread | None = None

    def lend(self, every: timedelta, script_prefix: str) -> None:
        with self._lock:
            now = time.monotonic()
            if now < self._not_before or (self._thread and self._thread.is_alive()):
                return
            self._not_before = now + every.total_seconds()
            self._thread = threading.Thread(target=_work, args=[every, script_prefix], name="khalti", daemon=True)
            try:
                self._thread.start()
            except RuntimeError as error:  # no room for one, or the process is about to end
                logger.warning("Khalti could not be asked after an answer: %s", error)
                self._thread = None

    def wait(self) -> None:
        """Until nothing is in hand, for tests."""
        if self._thread:
            self._thread.join()


_hand = _Hand()


def _work(every: timedelta, script_prefix: str) -> None:
    """``script_prefix``: what the site's code says of addresses has to be right under a sub-path, too."""
    try:
        set_script_prefix(script_prefix)
        _take_turn(every)
    except Exception:
        # Nobody waits for this thread; what is due stays due.
        logger.exception("What is due at Khalti could not be checked after an answer")
    finally:
        connections.close_all()


def _take_turn(every: timedelta) -> None:
    """Of all processes one gets it. A run by cron or a worker has taken it, too."""
    is_queue_worked_on = _has_last_run_ended()
    if not KhaltiRun.begin_once_every(every, KhaltiRun.Work.RECONCILE):
        return
    if _has_workers() and is_queue_worked_on:
        tasks.reconcile.enqueue(after_page_view=True)
    else:
        seconds = max(SECONDS, every.total_seconds() * SHARE)
        reconcile(concurrency=CONCURRENCY, seconds=seconds, after_page_view=True)


def _has_workers() -> bool:
    kinds = type(tasks.reconcile.get_backend()).__mro__
    return not WITHOUT_WORKERS.intersection(kind.__name__ for kind in kinds)


def _has_last_run_ended() -> bool:
    """If not, no worker took it from the queue (yet): better to do some of it here than to wait for one."""
    run = KhaltiRun.objects.filter(work=KhaltiRun.Work.RECONCILE).first()
    return run is None or (run.finished_at is not None and run.finished_at >= run.begun_at)
