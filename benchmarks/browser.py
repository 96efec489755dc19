"""A browser in this process: the time of each request through Django's whole stack, and how much of it was Khalti."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from time import perf_counter
from typing import Any

import requests
from django.core.handlers.base import BaseHandler
from django.db import connection
from django.http import HttpRequest, HttpResponseBase
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

TRANSACTION_WORDS = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "START TRANSACTION")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and its response."""

    response: Any
    seconds: float
    khalti_seconds: float
    """Of these, the ones inside ``requests.Session.send``."""

    statements: tuple[str, ...] = ()
    """SQL statements; empty unless ``sees_statements``."""

    @property
    def own_seconds(self) -> float:
        return self.seconds - self.khalti_seconds

    @property
    def queries(self) -> int:
        """Statements that read or write."""
        return len(self.statements) - self.transaction_statements

    @property
    def transaction_statements(self) -> int:
        return sum(statement.upper().startswith(TRANSACTION_WORDS) for statement in self.statements)


class Browser:
    """Keeps cookies, as one visitor's browser does; CSRF is enforced."""

    def __init__(self, *, sees_statements: bool = False) -> None:
        self.factory = RequestFactory()
        self.sees_statements = sees_statements

    def get(self, address: str) -> Exchange:
        return self._send(self.factory.get(address))

    def post(self, address: str, answers: Mapping[str, str]) -> Exchange:
        return self._send(self.factory.post(address, answers))

    def _send(self, request: HttpRequest) -> Exchange:
        with ExitStack() as watching:
            seen = watching.enter_context(CaptureQueriesContext(connection)) if self.sees_statements else ()
            khalti = watching.enter_context(time_at_khalti())
            start = perf_counter()
            response: HttpResponseBase = site().get_response(request)
            seconds = perf_counter() - start

        self.factory.cookies.update(response.cookies)
        return Exchange(
            response=response,
            seconds=seconds,
            khalti_seconds=sum(khalti),
            statements=tuple(query["sql"] for query in seen),
        )


@cache
def site() -> BaseHandler:
    """All of Django between a web server and a view, the middleware included."""
    handler = BaseHandler()
    handler.load_middleware()
    return handler


@contextmanager
def time_at_khalti() -> Iterator[list[float]]:
    """The seconds of each HTTP call, whoever makes it, from the prepared request to the answer.

    What ``requests`` does before (making a session, preparing) and what the package does after (reading the body,
    capped) stays the caller's own.
    """
    calls: list[float] = []
    send = requests.Session.send

    def timed_send(*args: Any, **kwargs: Any) -> requests.Response:
        start = perf_counter()
        try:
            return send(*args, **kwargs)
        finally:
            calls.append(perf_counter() - start)

    requests.Session.send = timed_send  # type: ignore[method-assign]  # for these few lines, both sides alike
    try:
        yield calls
    finally:
        requests.Session.send = send  # type: ignore[method-assign]
