"""A process of its own, which can be made to kill itself just before one of its steps."""

import json
import os
import signal
import time
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

from django.db import connection, connections

from tests.crash.steps import watched

WHO_AM_I = {"postgresql": "SELECT pg_backend_pid()", "mysql": "SELECT CONNECTION_ID()"}
IS_THERE = {
    "postgresql": "SELECT count(*) FROM pg_stat_activity WHERE pid = %s",
    "mysql": "SELECT count(*) FROM information_schema.processlist WHERE id = %s",
}
"""SQLite has no sessions: what a killed process locked is free at once."""

PATIENCE = 60  # seconds


@dataclass(frozen=True, kw_only=True)
class Fate:
    """What became of the process."""

    steps: list[str]
    """In order; where it was killed, the last one was about to happen."""

    was_killed: bool


def run_in_a_process(act: Callable[[], Any], *, kill_at: int | None = None) -> Fate:
    """Fork, act there, and see how it ended. Raises ``AssertionError`` where it failed in another way than told."""
    connections.close_all()  # two processes must not speak over one connection
    out, told = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # threads that other tests left can hold nothing we need
        child = os.fork()
    if not child:
        _live(act, told, kill_at)
    os.close(told)
    with os.fdopen(out) as lines:
        said = [json.loads(line) for line in lines]
    _pid, status = os.waitpid(child, 0)
    was_killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    _wait_until_forgotten([text for kind, text in said if kind == "session"])
    trouble = [text for kind, text in said if kind == "trouble"]
    assert not trouble, trouble[0]
    assert was_killed or os.WEXITSTATUS(status) == 0, f"the process ended with {status}"
    return Fate(steps=[text for kind, text in said if kind == "step"], was_killed=was_killed)


def _wait_until_forgotten(sessions: list[str]) -> None:
    """A server rolls back when it notices that its client is gone; who restarts a site is not as quick as a test."""
    give_up_at = time.monotonic() + PATIENCE
    for session in sessions:
        while _ask(IS_THERE[connection.vendor], int(session)):
            assert time.monotonic() < give_up_at, "the database still waits for the killed process"
            time.sleep(0.002)  # no event tells it


def _ask(question: str, *about: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(question, about)
        return int(cursor.fetchone()[0])


def _live(act: Callable[[], Any], told: int, kill_at: int | None) -> NoReturn:
    """Never returns: no clean-up of the tests may run a second time here."""

    def tell(kind: str, text: str) -> None:
        os.write(told, json.dumps([kind, text]).encode() + b"\n")

    def on_step(number: int, name: str) -> None:
        tell("step", name)
        if number == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    try:
        if connection.vendor in WHO_AM_I:
            tell("session", str(_ask(WHO_AM_I[connection.vendor])))
        with watched(on_step) as steps:
            act()
            steps.about_to("end well")
        connections.close_all()
    except BaseException:  # noqa: BLE001 - told to the parent, which raises it
        tell("trouble", traceback.format_exc())
    os._exit(0)
