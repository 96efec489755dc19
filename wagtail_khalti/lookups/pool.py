"""A request waits briefly for Khalti; a later response is applied all the same, in its own thread.

So a slow Khalti blocks no web worker for longer than ``MAX_WAIT``, and none at all while it is known to be slow. All
state is in the memory of one process.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from django.db import connection, connections
from django.urls import get_script_prefix, set_script_prefix

from wagtail_khalti.conf import configuration
from wagtail_khalti.exceptions import AnswerDelayed, GatewayUnreachable, KhaltiError
from wagtail_khalti.lookups.circuit_breaker import CircuitBreaker

logger = logging.getLogger(__name__)

POOL_SIZE = 32  # calls at a time: as many as there are connections to one host

Answer = TypeVar("Answer")


class LookupPool:
    """The calls of one process."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(POOL_SIZE, "khalti")
        self._room = threading.BoundedSemaphore(POOL_SIZE)
        self._last_quick = self._last_slow = 0.0
        self.breaker = CircuitBreaker()

    def call(
        self, merchant: str, request: Callable[[], Answer], *, use_late_answer: Callable[[Answer | KhaltiError], None]
    ) -> Answer:
        """The response, if it arrives soon. Raises its ``KhaltiError``, or ``AnswerDelayed``.

        A delayed response is passed to ``use_late_answer`` in another thread, with its own connections.
        """
        self.breaker.require_closed(merchant)
        if not self._room.acquire(blocking=False):
            raise GatewayUnreachable(f"{POOL_SIZE} requests to Khalti are in progress already")
        future, max_wait = self._threads.submit(self._call, merchant, request), self._max_wait()
        try:
            outcome = future.result(timeout=max_wait)
        except TimeoutError:
            if max_wait:
                self._last_slow = time.monotonic()
            script_prefix = get_script_prefix()  # for URLs that receivers reverse there
            future.add_done_callback(lambda done: _use(done, use_late_answer, script_prefix))
            raise AnswerDelayed("Khalti has not responded yet") from None
        if isinstance(outcome, KhaltiError):
            raise outcome
        return outcome

    def wait(self) -> None:
        """Until all calls have finished, for tests."""
        self._threads.shutdown()
        self._threads = ThreadPoolExecutor(POOL_SIZE, "khalti")

    def _call(self, merchant: str, request: Callable[[], Answer]) -> Answer | KhaltiError:
        """In a thread. ``result()`` raises any other exception."""
        began = time.monotonic()
        try:
            outcome = _outcome(request)
        finally:
            if time.monotonic() - began <= configuration().max_wait:
                self._last_quick = time.monotonic()
            self._room.release()
            connections.close_all()  # an in-process simulator leaves some open
        self.breaker.note(merchant, outcome)
        return outcome

    def _max_wait(self) -> float:
        """Seconds; 0 after a call was delayed, until one is answered quickly again."""
        return 0 if self._last_slow > self._last_quick else configuration().max_wait


def _outcome(request: Callable[[], Answer]) -> Answer | KhaltiError:
    try:
        return request()
    except KhaltiError as error:
        return error


def _use(done: Future[Answer | KhaltiError], use: Callable[[Answer | KhaltiError], None], script_prefix: str) -> None:
    try:
        set_script_prefix(script_prefix)
        use(done.result())
    except Exception:
        # Nobody waits for this thread. The payment is due as before, and looked up again.
        logger.exception("A late response from Khalti could not be applied")
    finally:
        connections.close_all()


_pool = LookupPool()


def _reset_after_fork() -> None:
    """Threads don't survive a fork."""
    global _pool
    _pool = LookupPool()


if hasattr(os, "register_at_fork"):  # not on Windows, which does not fork
    os.register_at_fork(after_in_child=_reset_after_fork)


def call_briefly(
    merchant: str, request: Callable[[], Answer], *, use_late_answer: Callable[[Answer | KhaltiError], None]
) -> Answer:
    """See ``LookupPool.call``. Inside a transaction, as in a ``TestCase``, it runs synchronously."""
    if connection.in_atomic_block:
        return request()
    return _pool.call(merchant, request, use_late_answer=use_late_answer)
