"""A polite end: the first signal asks for one, the second one makes it."""

from __future__ import annotations

import select
import signal
import socket
import threading
from types import FrameType, TracebackType
from typing import Any, Self

SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Stopping:
    """A context in which a run can ask whether it is to stop, and wait until it is."""

    def __init__(self) -> None:
        self._is_asked = False
        self._before: dict[signal.Signals, Any] = {}
        # An Event can't be set by a handler that interrupted a wait for it; a line between two sockets can.
        self._listening, self._telling = socket.socketpair()

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._before = {each: signal.signal(each, self._ask) for each in SIGNALS}
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._restore()
        self._listening.close()
        self._telling.close()

    def __call__(self) -> bool:
        """Whether somebody asked for the end."""
        return self._is_asked

    def wait(self, seconds: float) -> None:
        """So long, or until the end is asked for."""
        select.select([self._listening], [], [], max(0.0, seconds))

    def _ask(self, signum: int, frame: FrameType | None) -> None:
        self._is_asked = True
        self._telling.send(b".")
        self._restore()

    def _restore(self) -> None:
        for each, handler in self._before.items():
            signal.signal(each, handler)
