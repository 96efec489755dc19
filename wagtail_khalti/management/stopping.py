"""Graceful shutdown: the first signal requests it, the second one kills the process."""

from __future__ import annotations

import select
import signal
import socket
import threading
from types import FrameType, TracebackType
from typing import Any, Self

SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Stopping:
    """A context manager that is truthy when called after a signal, and that can wait for one."""

    def __init__(self) -> None:
        self._is_requested = False
        self._before: dict[signal.Signals, Any] = {}
        # A signal handler can't set an Event while the main thread waits for it; a socket pair works.
        self._receiver, self._sender = socket.socketpair()

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._before = {each: signal.signal(each, self._request) for each in SIGNALS}
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._restore()
        self._receiver.close()
        self._sender.close()

    def __call__(self) -> bool:
        """Whether a signal was received."""
        return self._is_requested

    def wait(self, seconds: float) -> None:
        """For this many seconds, or until a signal is received."""
        select.select([self._receiver], [], [], max(0.0, seconds))

    def _request(self, signum: int, frame: FrameType | None) -> None:
        self._is_requested = True
        self._sender.send(b".")
        self._restore()

    def _restore(self) -> None:
        for each, handler in self._before.items():
            signal.signal(each, handler)
