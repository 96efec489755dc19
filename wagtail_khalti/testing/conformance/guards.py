"""What a receiver must not do inside its transaction: call another server, commit on its own, or take for ever."""

from __future__ import annotations

import http.client
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, NoReturn
from unittest.mock import patch

import requests

from wagtail_khalti.database import transactions

Report = Callable[[str], None]


class NetworkRefused(ConnectionError):
    """A receiver called another server; nothing was sent."""


class TookTooLong(BaseException):
    """No ``Exception``, so that no receiver catches it."""


@contextmanager
def no_network(report: Report) -> Iterator[None]:
    """Requests by ``requests``, ``httpx`` and the standard library are reported, and fail before anything is sent."""

    def refuse(address: str) -> NoReturn:
        report(f"{address} was called inside the transaction")
        raise NetworkRefused(f"{address} was called inside the transaction; nothing was sent")

    def send(_session: Any, request: Any, *_args: Any, **_options: Any) -> NoReturn:
        refuse(f"{request.method} {request.url}")

    def connect(connection: http.client.HTTPConnection) -> NoReturn:
        refuse(f"http://{connection.host}")

    with ExitStack() as stack:
        stack.enter_context(patch.object(http.client.HTTPConnection, "connect", connect))
        stack.enter_context(patch.object(requests.Session, "send", send))
        if httpx := sys.modules.get("httpx"):
            for client in (httpx.Client, httpx.AsyncClient):
                stack.enter_context(patch.object(client, "send", send))
        yield


@contextmanager
def no_own_commit(report: Report) -> Iterator[None]:
    """``start_payment`` and other actions refuse by themselves; this reports it if a receiver swallows the error."""
    is_inside = transactions.is_inside_a_transaction

    def reporting() -> bool:
        inside = is_inside()
        if inside:
            report(f"{sys._getframe(2).f_code.co_name}() was called inside the transaction")
        return inside

    with patch.object(transactions, "is_inside_a_transaction", reporting):
        yield


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Interrupts what takes longer. Without effect on Windows, and outside of the main thread."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(*_args: object) -> NoReturn:
        raise TookTooLong(f"still running after {seconds:g} s")

    usual = signal.signal(signal.SIGALRM, interrupt)
    remaining = signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, *remaining)
        signal.signal(signal.SIGALRM, usual)
