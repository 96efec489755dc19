"""Processes beside the test, on its database, and crowds that visit them."""

from __future__ import annotations

import os
import re
import socket
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO

from django.db import connection

from tests.warm import Forked

STATUS_LINE = re.compile(rb"HTTP/1\.\d (\d{3})")


class Process:
    """One Python module that runs; it ends when its standard input does."""

    def __init__(self, module: str, *arguments: str, **environment: str) -> None:
        self._errors: IO[str] = tempfile.TemporaryFile("w+")  # noqa: SIM115 - closed with the process
        ours = {
            "DJANGO_SETTINGS_MODULE": "tests.concurrency.beside_settings",
            "BESIDE_DATABASE": str(connection.settings_dict["NAME"]),
        }
        self.popen = Forked([module, *arguments], {**os.environ, **ours, **environment}, stderr=self._errors)

    def line(self) -> str:
        """The next line that it says."""
        assert self.popen.stdout
        said = self.popen.stdout.readline()
        assert said, f"it ended: {self.errors()}"
        return said.strip()

    def tell(self, words: str) -> None:
        """One line, to its standard input."""
        assert self.popen.stdin
        self.popen.stdin.write(f"{words}\n")
        self.popen.stdin.flush()

    def errors(self) -> str:
        """What it complained of so far."""
        self._errors.seek(0)
        return self._errors.read()

    def end(self) -> None:
        """Also where it was killed before."""
        assert self.popen.stdin
        assert self.popen.stdout
        self.popen.stdin.close()
        self.popen.wait(timeout=60)
        self.popen.stdout.close()
        self._errors.close()


@contextmanager
def beside(*processes: Process) -> Iterator[None]:
    """At the end none of them is left."""
    try:
        yield
    finally:
        for process in processes:
            process.end()


@contextmanager
def servers(count: int, threads: int, **environment: str) -> Iterator[Servers]:
    """So many site processes with so many threads each, and a simulator of Khalti in another one."""
    simulator = Process("tests.concurrency.server", BESIDE_KHALTI="http://nobody.test")
    with beside(simulator):
        khalti = f"http://127.0.0.1:{simulator.line()}/khalti-simulator"
        module = "tests.concurrency.server"
        sites = [
            Process(module, str(threads), BESIDE_KHALTI=khalti, BESIDE_CONN_MAX_AGE="600", **environment)
            for _ in range(count)
        ]
        with beside(*sites):
            yield Servers([int(site.line()) for site in sites], [simulator, *sites])


class Servers:
    """What a load balancer would see of them."""

    def __init__(self, ports: Sequence[int], processes: Sequence[Process]) -> None:
        self._ports, self._processes = ports, processes

    def visit(self, paths: Sequence[str]) -> list[int]:
        """The HTTP status of each. All are connected before the first one asks, and all have asked before any listens.

        In turn to each server.
        """
        lines = [
            socket.create_connection(("127.0.0.1", self._ports[turn % len(self._ports)]), timeout=120)
            for turn in range(len(paths))
        ]
        for line, path in zip(lines, paths, strict=True):
            line.sendall(f"GET {path} HTTP/1.0\r\nHost: testserver\r\n\r\n".encode())
        return [_status(line) for line in lines]

    def tracebacks(self) -> list[str]:
        """What went wrong without anybody's noticing."""
        return [errors for process in self._processes if "Traceback" in (errors := process.errors())]


def _status(line: socket.socket) -> int:
    with line:
        answer = b""
        while chunk := line.recv(65536):
            answer += chunk
    match = STATUS_LINE.match(answer)
    assert match, f"no HTTP: {answer[:200]!r}"
    return int(match[1])
