"""Many lookups at a time, while one thread applies the responses."""

from __future__ import annotations

from collections.abc import Collection
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from types import TracebackType
from typing import Any, Self

from django.db import connections

from wagtail_khalti.lookups.attempt import LookupAttempt, attempt_lookup
from wagtail_khalti.models import KhaltiPayment


class LookupBatch:
    """A context manager: at its end no thread is waiting for Khalti."""

    def __init__(self, concurrency: int) -> None:
        self._room = concurrency * 2 if concurrency > 1 else 1  # so that no thread idles while responses are applied
        self._threads: Executor = (
            ThreadPoolExecutor(concurrency, "khalti") if concurrency > 1 else _SynchronousExecutor()
        )
        self._attempt = _attempt_in_a_thread if concurrency > 1 else attempt_lookup
        self._open: dict[Future[LookupAttempt], KhaltiPayment] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._threads.shutdown(cancel_futures=True)

    def __bool__(self) -> bool:
        return bool(self._open)

    @property
    def room(self) -> int:
        """How many more may be added; 0 until there is room for a worthwhile number."""
        free = self._room - len(self._open)
        return free if free * 2 >= self._room else 0

    def add(self, payment: KhaltiPayment) -> None:
        """Does not wait for it."""
        self._open[self._threads.submit(self._attempt, payment)] = payment

    def completed(self) -> list[tuple[KhaltiPayment, Future[LookupAttempt]]]:
        """The finished lookups, at least one. ``result()`` raises any unexpected exception."""
        done, _waiting = wait(self._open, return_when=FIRST_COMPLETED)
        return [(self._open.pop(future), future) for future in done]

    def cancel_waiting(self, merchants: Collection[str] | None = None) -> list[KhaltiPayment]:
        """The payments (of these merchants) whose lookup had not started; it is cancelled."""
        waiting = [
            future for future, payment in self._open.items() if merchants is None or payment.merchant in merchants
        ]
        return [self._open.pop(future) for future in waiting if future.cancel()]


def _attempt_in_a_thread(payment: KhaltiPayment) -> LookupAttempt:
    """Connections that were opened in this thread, such as by an in-process simulator, must be closed."""
    try:
        return attempt_lookup(payment)
    finally:
        connections.close_all()


class _SynchronousExecutor(Executor):
    """Runs one lookup at a time, without a thread."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - as a thread would
            future.set_exception(error)
        return future
