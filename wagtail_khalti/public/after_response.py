"""Work that nobody waits for, so that the time of a response tells nothing about it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial

from django.db import connections, transaction
from django.http import HttpRequest

logger = logging.getLogger(__name__)

THREADS = 2  # per process; a slow mail server must not take more of them

Work = Callable[[], None]


def after_response(request: HttpRequest, work: Work) -> None:
    """Run ``work`` in another thread once the response has been sent. Its errors are logged.

    Django closes a request once its response is sent, under WSGI and ASGI alike.
    """
    close = request.close

    def close_and_work() -> None:
        close()
        _begin(work)

    request.close = close_and_work  # type: ignore[method-assign]  # there is no hook for it


def _begin(work: Work) -> None:
    """Inside the transaction of a ``TestCase``, whose rows other threads can't see, at once."""
    if transaction.get_connection().in_atomic_block:
        _run(work)
    else:
        _pool().submit(_run_and_close, work)


@cache
def _pool() -> ThreadPoolExecutor:
    """Made when it is needed, so that each process has its own after a fork."""
    return ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="khalti-after-response")


def _run(work: Work) -> None:
    try:
        work()
    except Exception:
        name = getattr(
            work.func if isinstance(work, partial) else work, "__name__", "work"
        )  # not what it was called with
        logger.exception("%s failed after a response", name)


def _run_and_close(work: Work) -> None:
    try:
        _run(work)
    finally:
        connections.close_all()
