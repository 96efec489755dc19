"""Numbers every durable step of this process as it is about to happen: to the database, and to Khalti."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import requests
from django.db import connections

WRITE = re.compile(r"\s*(INSERT\s+(?:IGNORE\s+)?INTO|UPDATE|DELETE\s+FROM|REPLACE\s+INTO)\s+[\"`]?(\w+)", re.IGNORECASE)

OnStep = Callable[[int, str], None]


class Killed(BaseException):
    """As far as an exception can be a ``kill -9``: the connection is cut, and no ``except Exception`` catches it."""


class Steps:
    """A place to stop lies before each step: what has happened by then has happened for good, and nothing else has.

    Writes inside a transaction are steps, too: stopped at one of them, the whole transaction has not happened.
    """

    def __init__(self, on_step: OnStep) -> None:
        self._on_step = on_step
        self._taken = 0
        self._is_khaltis_turn = False
        self._connection = connections["default"]

    def about_to(self, name: str) -> None:
        if self._is_khaltis_turn:  # a Khalti in the same process is not what is being watched
            return
        number, self._taken = self._taken, self._taken + 1
        self._on_step(number, name)

    def statement(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if write := WRITE.match(sql):
            how = "in a transaction" if self._connection.in_atomic_block else "at once"
            self.about_to(f"{' '.join(write[1].upper().split())} {write[2]} {how}")
        return execute(sql, params, many, context)

    def committing(self, commit: Callable[[], Any]) -> Callable[[], Any]:
        def announced() -> Any:
            self.about_to("COMMIT")
            return commit()

        return announced

    def sending(self, send: Callable[..., Any]) -> Callable[..., Any]:
        def announced(session: Any, request: Any, **options: Any) -> Any:
            question = request.path_url.rstrip("/").rpartition("/")[2]
            self.about_to(f"send {question} to Khalti")
            self._is_khaltis_turn = True
            try:
                answer = send(session, request, **options)
            finally:
                self._is_khaltis_turn = False
            self.about_to(f"read Khalti's answer to {question}")  # only its head has come: what it did is done
            return answer

        return announced


@contextmanager
def watched(on_step: OnStep) -> Iterator[Steps]:
    """``on_step(number, name)`` is called before each step of this thread."""
    connection = connections["default"]
    steps = Steps(on_step)
    with (
        connection.execute_wrapper(steps.statement),
        patch.object(connection, "_commit", steps.committing(connection._commit)),
        patch.object(requests.Session, "send", steps.sending(requests.Session.send)),
    ):
        yield steps
