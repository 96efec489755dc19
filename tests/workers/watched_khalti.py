"""Stands before the simulator: notes when each question began and ended, and can keep all answers back."""

from __future__ import annotations

import json
import threading
import time
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from typing import Any, Self

import requests

PATIENCE = 60  # seconds: the machine may be busy


@dataclass(frozen=True, slots=True)
class Call:
    """One lookup."""

    pidx: str
    began: float
    ended: float


class WatchedKhalti:
    """A context. ``url`` is the root of its API."""

    def __init__(self, simulator: str) -> None:
        self.simulator = simulator.rstrip("/")
        self.calls: list[Call] = []
        self.is_down = False
        self._gate = threading.Event()
        self._gate.set()
        self._waiting = 0
        self._changed = threading.Condition()

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.khalti = self
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.answer()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def lock_payment(self) -> None:
        """From now on the answers of lookups are kept back."""
        self._gate.clear()

    def answer(self) -> None:
        self._gate.set()

    @property
    def waiting(self) -> int:
        """How many wait for an answer now."""
        return self._waiting

    def wait_for(self, questions: int) -> None:
        """Until so many wait for an answer at once."""
        with self._changed:
            assert self._changed.wait_for(lambda: self._waiting >= questions, PATIENCE), f"only {self._waiting} wait"

    def wait_for_calls(self, count: int) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.calls) >= count, PATIENCE), f"only {len(self.calls)}"

    @property
    def asked_at_once(self) -> list[str]:
        """Each pidx that was asked about while somebody else was just asking about it."""
        by_pidx = defaultdict(list)
        for call in sorted(self.calls, key=lambda call: call.began):
            by_pidx[call.pidx].append(call)
        return [
            pidx
            for pidx, calls in by_pidx.items()
            if any(later.began < earlier.ended for earlier, later in pairwise(calls))
        ]

    def carry(self, path: str, body: bytes, headers: dict[str, str]) -> requests.Response:
        began = time.monotonic()
        answer = requests.post(self.simulator + path, data=body, headers=headers, timeout=PATIENCE)
        if path.endswith("/lookup/"):
            self._wait_at_the_gate()
            with self._changed:
                self.calls.append(Call(json.loads(body)["pidx"], began, time.monotonic()))
                self._changed.notify_all()
        return answer

    def _wait_at_the_gate(self) -> None:
        self._count(1)
        self._gate.wait(PATIENCE)
        self._count(-1)

    def _count(self, change: int) -> None:
        with self._changed:
            self._waiting += change
            self._changed.notify_all()


class _Handler(BaseHTTPRequestHandler):
    """Of one connection."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        khalti: Any = self.server.khalti
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name: self.headers[name] for name in ("Authorization", "Content-Type")}
        answer = khalti.carry(self.path, body, headers)
        status, content = (503, b"down") if khalti.is_down else (answer.status_code, answer.content)
        self.send_response(status)
        self.send_header("Content-Type", answer.headers["Content-Type"])
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def handle(self) -> None:
        with suppress(ConnectionError):  # who asked was killed
            super().handle()

    def log_message(self, *args: object) -> None:
        """Nothing."""
