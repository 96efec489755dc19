"""A real server on a real socket that answers as a test wants, and counts."""

from __future__ import annotations

import contextlib
import json
import select
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

BRIEF = 0.05  # seconds between two signs of life of a slow server
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: close with a reset instead of a goodbye


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Talk:
    """One accepted connection, as a turn sees it."""

    socket: socket.socket
    is_over: threading.Event
    """Set when the test is over."""

    def send(self, content: bytes) -> None:
        self.socket.sendall(content)


Turn = Callable[[Talk], bool]
"""Answers one request; says whether the connection stays open."""


def says(body: Any = None, status: int = 200, *, text: str | bytes | None = None, **headers: str) -> Turn:
    """An ordinary answer on a connection that is kept."""
    content = json.dumps(body).encode() if text is None else text.encode() if isinstance(text, str) else text
    named = {"Content-Type": "application/json", "Content-Length": str(len(content)), **_header_names(headers)}
    head = f"HTTP/1.1 {status} Words\r\n" + "".join(f"{name}: {value}\r\n" for name, value in named.items()) + "\r\n"
    return sends(head.encode() + content)


def sends(raw: bytes, *, keep: bool = True) -> Turn:
    """These bytes and nothing else."""

    def turn(talk: Talk) -> bool:
        talk.send(raw)
        return keep

    return turn


def drips(*, every: float = BRIEF) -> Turn:
    """A good beginning, and then a space now and then without an end."""

    def turn(talk: Talk) -> bool:
        talk.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n{")
        while not talk.is_over.wait(every):
            talk.send(b" ")
        return False

    return turn


def says_nothing(talk: Talk) -> bool:
    """The line stays open and silent."""
    talk.is_over.wait()
    return False


def hangs_up(talk: Talk) -> bool:
    """The request was read; then the connection ends without an answer."""
    return False


def resets(talk: Talk) -> bool:
    """The request was read; then the connection is torn down."""
    talk.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    return False


def _has_decrypted(connected: socket.socket) -> bool:
    return isinstance(connected, ssl.SSLSocket) and connected.pending() > 0


def _header_names(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


@dataclass
class Server:
    """Takes its turns one after the other; the last one is for all that follow."""

    turns: Iterable[Turn]
    tls: ssl.SSLContext | None = None
    reads: bool = True
    """Whether a request is read before the turn."""

    requests: list[Seen] = field(default_factory=list)
    connections: int = 0

    def __post_init__(self) -> None:
        self._remaining = list(self.turns)
        self._lock = threading.Lock()
        self._is_over = threading.Event()
        self._talks: list[threading.Thread] = []

    def __enter__(self) -> Server:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._doorkeeper = threading.Thread(target=self._accept)
        self._doorkeeper.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._is_over.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes the doorkeeper
        self._listener.close()
        self._doorkeeper.join()
        for talk in self._talks:
            talk.join()

    @property
    def url(self) -> str:
        scheme = "https" if self.tls else "http"
        return f"{scheme}://127.0.0.1:{self._listener.getsockname()[1]}"

    def _accept(self) -> None:
        while not self._is_over.is_set():
            try:
                accepted, _address = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            thread = threading.Thread(target=self._talk, args=[accepted])
            self._talks.append(thread)
            thread.start()

    def _talk(self, accepted: socket.socket) -> None:
        with contextlib.suppress(OSError), accepted:
            if self.tls:
                accepted.settimeout(10)
                with self.tls.wrap_socket(accepted, server_side=True) as encrypted:
                    self._serve(encrypted)
            else:
                self._serve(accepted)

    def _serve(self, connected: socket.socket) -> None:
        reader = connected.makefile("rb")
        with reader:
            while not self._is_over.is_set():
                if self.reads and not self._read(connected, reader):
                    return
                if not self._next_turn()(Talk(connected, self._is_over)):
                    return

    def _read(self, connected: socket.socket, reader: Any) -> bool:
        while not (_has_decrypted(connected) or select.select([connected], [], [], BRIEF)[0]):
            if self._is_over.is_set():
                return False
        words = reader.readline().decode().split()
        if len(words) < 2:
            return False
        headers = {}
        while line := reader.readline().decode().strip():
            name, _, value = line.partition(":")
            headers[name.title()] = value.strip()
        body = reader.read(int(headers.get("Content-Length", 0)))
        with self._lock:
            self.requests.append(Seen(method=words[0], path=words[1], headers=headers, body=body))
        return True

    def _next_turn(self) -> Turn:
        with self._lock:
            return self._remaining.pop(0) if len(self._remaining) > 1 else self._remaining[0]
