"""A request waits briefly for Khalti; what comes later is used all the same, in a thread of its own.

So a slow Khalti holds no worker of the site for longer than ``MAX_WAIT``, and while it is known to be slow, for no time
at all. All of this is about one process, and kept in its memory.
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

POOL_SIZE = 32  # questions on their way at a time: as many as there are connections to one host

Answer = TypeVar("Answer")


class LookupPool:
    """The questions of one process."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(POOL_SIZE, "khalti")
        self._room = threading.BoundedSemaphore(POOL_SIZE)
        self._last_quick = self._last_slow = 0.0
        self.breaker = CircuitBreaker()

    def ask(
        self, merchant: str, question: Callable[[], Answer], *, use_late_answer: Callable[[Answer | KhaltiError], None]
    ) -> Answer:
        """The answer, if it comes soon. Raises its ``KhaltiError``, or ``AnswerDelayed``.

        Of a delayed answer ``use_late_answer`` is told in another thread, with connections of its own.
        """
        self.breaker.require_closed(merchant)
        if not self._room.acquire(blocking=False):
            raise GatewayUnreachable(f"{POOL_SIZE} questions to Khalti are on their way already")
        asking, patience = self._threads.submit(self._ask, merchant, question), self._patience()
        try:
            outcome = asking.result(timeout=patience)
        except TimeoutError:
            if patience:
                self._last_slow = time.monotonic()
            script_prefix = get_script_prefix()  # the addresses that the site's code writes there depend on it
            asking.add_done_callback(lambda asked: _use(asked, use_late_answer, script_prefix))
            raise AnswerDelayed("Khalti has not answered yet") from None
        if isinstance(outcome, KhaltiError):
            raise outcome
        return outcome

    def wait(self) -> None:
        """Until nothing is on its way, for tests."""
        self._threads.shutdown()
        self._threads = ThreadPoolExecutor(POOL_SIZE, "khalti")

    def _ask(self, merchant: str, question: Callable[[], Answer]) -> Answer | KhaltiError:
        """In a thread. Whatever else is raised comes out of ``result()``."""
        began = time.monotonic()
        try:
            outcome = _outcome(question)
        finally:
            if time.monotonic() - began <= configuration().max_wait:
                self._last_quick = time.monotonic()
            self._room.release()
            connections.close_all()  # a Khalti that is simulated in this process leaves some open
        self.breaker.note(merchant, outcome)
        return outcome

    def _patience(self) -> float:
        """Seconds; none since somebody waited in vain, until one that nobody waits for is answered quickly."""
        return 0 if self._last_slow > self._last_quick else configuration().max_wait


def _outcome(question: Callable[[], Answer]) -> Answer | KhaltiError:
    try:
        return question()
    except KhaltiError as error:
        return error


def _use(asked: Future[Answer | KhaltiError], use: Callable[[Answer | KhaltiError], None], script_prefix: str) -> None:
    try:
        set_script_prefix(script_prefix)
        use(asked.result())
    except Exception:
        # Nobody waits for this thread. What was asked about is due as before, and asked about again.
        logger.exception("A late answer of Khalti's could not be used")
    finally:
        connections.close_all()


_pool = LookupPool()


def _begin_anew() -> None:
    """Threads don't live on in a forked process."""
    global _pool
    _pool = LookupPool()


if hasattr(os, "register_at_fork"):  # not on Windows, which does not fork
    os.register_at_fork(after_in_child=_begin_anew)


def call_briefly(
    merchant: str, question: Callable[[], Answer], *, use_late_answer: Callable[[Answer | KhaltiError], None]
) -> Answer:
    """See ``LookupPool.ask``. Inside a transaction, as in a ``TestCase``, it is asked and waited for right here."""
    if connection.in_atomic_block:
        return question()
    return _pool.ask(merchant, question, use_late_answer=use_late_answer)
