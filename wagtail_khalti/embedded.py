"""Without a worker and cron, page views start a short reconcile after their response has been sent.

The mails and webhooks that follow from a request are sent then, too, or left to a worker.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import timedelta

from django.core.exceptions import ImproperlyConfigured
from django.db import connections, transaction
from django.http import HttpRequest
from django.urls import get_script_prefix, set_script_prefix

from wagtail_khalti import tasks
from wagtail_khalti.actions import reconcile
from wagtail_khalti.conf import configuration
from wagtail_khalti.mails import send_mails
from wagtail_khalti.models import KhaltiRun
from wagtail_khalti.models import mails as queued_mails
from wagtail_khalti.models import webhooks as queued_webhooks
from wagtail_khalti.webhooks import send_webhooks

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
    _after_response(request, _start_run)


def send_mails_after_response(request: HttpRequest) -> None:
    """Likewise, for a page that may queue mails or webhooks and makes no lookups for others."""
    _after_response(request, _start_sending)


def _after_response(request: HttpRequest, start: Callable[[str], None]) -> None:
    close, script_prefix = request.close, get_script_prefix()

    def close_and_start() -> None:
        close()
        if not _is_inside_a_test():
            start(script_prefix)

    request.close = close_and_start  # type: ignore[method-assign]  # there is no hook for it


def _start_run(script_prefix: str) -> None:
    """Never raises. Usually it ends here, without a query."""
    _start_sending(script_prefix)
    if every := _interval():
        _background_run.start_once_every(every, script_prefix)


def _start_sending(script_prefix: str) -> None:
    """Likewise. Without an interval page views do no work, so that it waits for cron, or goes to a worker.

    In threads of their own, so that no mail waits for a slow endpoint.
    """
    has_mails, has_webhooks = queued_mails.take_announcement(), queued_webhooks.take_announcement()
    if not (has_mails or has_webhooks) or not (_interval() or _has_workers()):
        return
    if has_mails:
        _mail_thread.start(_send_or_enqueue_mails, script_prefix)
    if has_webhooks:
        _webhook_thread.start(_send_or_enqueue_webhooks, script_prefix)


def _interval() -> timedelta | None:
    try:
        return configuration().reconcile_every or None
    except ImproperlyConfigured:
        return None  # the system checks report it


def _is_inside_a_test() -> bool:
    """After a request only a ``TestCase`` has an open transaction, whose rows no other connection can see."""
    return bool(transaction.get_connection().in_atomic_block)


class _Thread:
    """At most one at a time in this process. While it works, later calls have it work once more."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._has_ended = False
        self._is_wanted = False

    def start(self, work: Callable[[], None], script_prefix: str) -> None:
        """``script_prefix``: receivers and mails reverse URLs, which must be right under a sub-path, too."""
        with self._lock:
            self._is_wanted = True
            if self._is_working():
                return
            self._has_ended = False
            self._thread = threading.Thread(target=self._run, args=[work, script_prefix], name="khalti", daemon=True)
            try:
                self._thread.start()
            except RuntimeError as error:  # too many threads, or the process is about to end
                logger.warning("Nothing could be started after a response: %s", error)
                self._thread = None

    def wait(self) -> None:
        """Until the thread has finished, for tests."""
        if thread := self._thread:
            thread.join()

    def _is_working(self) -> bool:
        """Needs the lock. A thread of the parent process is not alive after a fork."""
        return self._thread is not None and self._thread.is_alive() and not self._has_ended

    def _run(self, work: Callable[[], None], script_prefix: str) -> None:
        set_script_prefix(script_prefix)
        while self._goes_on():
            try:
                work()
            except Exception:
                # Nobody waits for this thread; what is due stays due.
                logger.exception("The work after a response failed")
            finally:
                connections.close_all()

    def _goes_on(self) -> bool:
        with self._lock:
            is_wanted, self._is_wanted = self._is_wanted, False
            self._has_ended = not is_wanted
            return is_wanted


class _BackgroundRun(_Thread):
    """No query before the interval has passed by the process's own clock, and none more while it runs."""

    def __init__(self) -> None:
        super().__init__()
        self._not_before = 0.0

    def start_once_every(self, every: timedelta, script_prefix: str) -> None:
        with self._lock:
            now = time.monotonic()
            if now < self._not_before or self._is_working():
                return
            self._not_before = now + every.total_seconds()
        self.start(lambda: _reconcile_if_due(every), script_prefix)


_background_run = _BackgroundRun()
_mail_thread = _Thread()
_webhook_thread = _Thread()


def _send_or_enqueue_mails() -> None:
    """A worker sends them, where there is one. If none takes them from the queue, the next reconcile does."""
    if _has_workers():
        tasks.send_mails.enqueue()
    else:
        send_mails(is_over=_after(SECONDS))


def _send_or_enqueue_webhooks() -> None:
    """Likewise."""
    if _has_workers():
        tasks.send_webhooks.enqueue()
    else:
        send_webhooks(is_over=_after(SECONDS))


def _after(seconds: float) -> Callable[[], bool]:
    end = time.monotonic() + seconds
    return lambda: time.monotonic() >= end


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
    try:
        kinds = type(tasks.reconcile.get_backend()).__mro__
    except ImproperlyConfigured:
        return False  # Django's own checks report it
    return not WITHOUT_WORKERS.intersection(kind.__name__ for kind in kinds)


def _has_last_run_ended() -> bool:
    """If not, perhaps no worker takes tasks from the queue; then a part is done here."""
    run = KhaltiRun.objects.filter(work=KhaltiRun.Work.RECONCILE).first()
    return run is None or (run.finished_at is not None and run.finished_at >= run.begun_at)
