"""The example site, run as ``make demo`` runs it."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PATIENCE = 120  # seconds: a new database takes its time where several tests run at once


class Demo:
    """A process of its own; ``with`` starts it, waits until it says that it is ready, and stops it as Ctrl-C does."""

    def __init__(self, database: Path, port: int) -> None:
        self.database, self.port = database, port
        self.root = f"http://127.0.0.1:{port}"

    @property
    def environment(self) -> dict[str, str]:
        ours = {
            "DJANGO_SETTINGS_MODULE": "example_site.settings",
            "DATABASE_URL": f"sqlite:///{self.database}",
            "PORT": str(self.port),
        }
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("KHALTI_")}
        return inherited | ours

    def start(self) -> subprocess.Popen[str]:
        command = [sys.executable, "manage.py", "demo"]
        return subprocess.Popen(
            command, cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def __enter__(self) -> Demo:
        self.process = self.start()
        # Its log has to go somewhere, or the process waits for a reader.
        self.log: list[str] = []
        self.reader = threading.Thread(target=lambda: self.log.extend(self.process.stderr), daemon=True)
        self.reader.start()
        giving_up = threading.Timer(PATIENCE, self.process.kill)
        giving_up.start()
        self.ready = next((line for line in self.process.stdout if line.startswith("Demo ready")), "")
        giving_up.cancel()
        if not self.ready:
            self.__exit__()
        assert self.ready, "".join(self.log)
        return self

    def __exit__(self, *_error: object) -> None:
        self.process.send_signal(signal.SIGINT)
        self.process.wait(30)
        self.process.stdout.close()
        self.reader.join()
        self.process.stderr.close()

    def rows(self, question: str) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(self.database)) as connection:
            return connection.execute(question).fetchall()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="package")
def demo(tmp_path_factory):
    with Demo(tmp_path_factory.mktemp("demo") / "demo.sqlite3", free_port()) as running:
        yield running
