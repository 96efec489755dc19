"""Real processes of the tests' site."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Self

from django.db import connection

from tests.warm import Forked

ROOT = Path(__file__).parents[2]
PATIENCE = 60  # seconds: the machine may be busy


def environment(khalti: str, **more: str) -> dict[str, str]:
    """``more`` in lower case: ``backend="…"`` is the variable ``WORKERS_BACKEND``."""
    ours = {"DATABASE": str(connection.settings_dict["NAME"]), "KHALTI": khalti}
    ours |= {name.upper(): value for name, value in more.items()}
    named = {f"WORKERS_{name}": value for name, value in ours.items()}
    return {**os.environ, **named, "DJANGO_SETTINGS_MODULE": "tests.workers.settings", "PYTHONUNBUFFERED": "1"}


class Process:
    """A context. In a session of its own, so that a signal to the tests does not end it, too."""

    def __init__(self, arguments: Sequence[str], env: dict[str, str]) -> None:
        self.arguments, self.env = arguments, env

    def __enter__(self) -> Self:
        self._errors: IO[str] = tempfile.TemporaryFile("w+")  # closed at the end
        self._process = Forked(self.arguments, self.env, stderr=self._errors)
        return self

    def __exit__(self, *_error: object) -> None:
        if self._process.poll() is None:
            self.kill()
        self._process.communicate()
        self._errors.close()

    def line(self) -> str:
        """The next one that it says."""
        giving_up = threading.Timer(PATIENCE, self.kill)
        giving_up.start()
        line = self._process.stdout.readline()
        giving_up.cancel()
        assert line, self.errors
        return line.rstrip("\n")

    def ends(self) -> int:
        """Waited for; its exit code."""
        self.said, _nothing = self._process.communicate(timeout=PATIENCE)
        return self._process.returncode

    def signal(self, how: signal.Signals) -> None:
        self._process.send_signal(how)

    def ends_within(self, seconds: float) -> bool:
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def kill(self) -> None:
        """As the machine's last resort does: nothing is tidied up, neither here nor in what it has forked."""
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        forked = children.read_text().split() if children.exists() else []
        for pid in (self._process.pid, *map(int, forked)):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    @property
    def errors(self) -> str:
        self._errors.seek(0)
        return self._errors.read()


def run(arguments: Sequence[str], env: dict[str, str]) -> str:
    """What it said, once it has ended well."""
    with Process(arguments, env) as process:
        assert process.ends() == 0, process.errors
        return process.said
