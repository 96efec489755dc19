"""Delays, slow drips and resets on a real socket."""

import selectors
import socket
import struct
from collections.abc import Iterable, Iterator
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Any

from django.core.servers.basehttp import WSGIRequestHandler

from wagtail_khalti.simulator import wire

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

HANDLER_KEY = "khalti_simulator.handler"
MAX_CONCURRENCY = 32  # requests; a small database server has a hundred connections
WITH_A_RESET = struct.pack("ii", 1, 0)  # SO_LINGER: close with a reset


class SocketHandler(WSGIRequestHandler):
    """Gives the application access to its connection."""

    disable_nagle_algorithm = True  # or the body waits 40 ms for the header to arrive
    connection: socket.socket  # type: ignore[assignment] # the stubs of Django call it a request

    def get_environ(self) -> dict[str, Any]:
        return {**super().get_environ(), HANDLER_KEY: self}

    def reset(self) -> None:
        """The peer's next read fails. Detached, so that nothing closes the connection normally afterwards."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, WITH_A_RESET)
        socket.close(self.connection.detach())

    def peer_left_within(self, seconds: float) -> bool:
        """Wait for ``seconds``, or until the peer closes the connection."""
        with selectors.DefaultSelector() as selector:
            selector.register(self.connection, selectors.EVENT_READ)
            return bool(selector.select(seconds))


class Carrier:
    """WSGI middleware that applies the simulator's headers about delays, drips and resets."""

    def __init__(self, simulator: "WSGIApplication") -> None:
        self.simulator = simulator
        self.slots = BoundedSemaphore(MAX_CONCURRENCY)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        handler: SocketHandler = environ[HANDLER_KEY]
        environ["HTTP_X_SIMULATOR_NO_SLEEP"] = "1"
        sent: dict[str, str] = {}

        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            sent.update(headers)
            return start_response(status, headers, *error)

        with self.slots:
            content = _whole(self.simulator(environ, start))
        if wire.DELAY in sent:
            handler.peer_left_within(float(sent[wire.DELAY]))
        if wire.RESET in sent:
            handler.reset()
            raise ConnectionResetError("the simulator was told to reset")
        return _drops(content, handler, float(sent[wire.DRIP])) if wire.DRIP in sent else [content]


def _whole(response: Iterable[bytes]) -> bytes:
    """Read and close it, so that a slow response holds no database connection."""
    try:
        return b"".join(response)
    finally:
        close = getattr(response, "close", None)
        if close:
            close()


def _drops(content: bytes, handler: SocketHandler, pause: float) -> Iterator[bytes]:
    for byte in content:
        yield bytes([byte])
        if handler.peer_left_within(pause):
            return
