"""Does on a real socket what an answer says about being late, dripping or being lost."""

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

CONNECTION = "khalti_simulator.connection"
MOST_AT_ONCE = 32  # answers made at the same moment; a small database has a hundred connections in all
WITH_A_RESET = struct.pack("ii", 1, 0)  # SO_LINGER: close with a reset instead of a goodbye


class LineHandler(WSGIRequestHandler):
    """Gives the application the line that it speaks over."""

    disable_nagle_algorithm = True  # or the body waits 40 ms for the header to arrive
    connection: socket.socket  # type: ignore[assignment] # the stubs of Django call it a request

    def get_environ(self) -> dict[str, Any]:
        return {**super().get_environ(), CONNECTION: self}

    def reset(self) -> None:
        """The peer's next read fails. Detached, because nothing after this may say a polite goodbye."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, WITH_A_RESET)
        socket.close(self.connection.detach())

    def peer_left_within(self, seconds: float) -> bool:
        """Wait so long, or until the peer has lost patience."""
        with selectors.DefaultSelector() as selector:
            selector.register(self.connection, selectors.EVENT_READ)
            return bool(selector.select(seconds))


class Carrier:
    """Stands before the simulator and takes its words about the wire literally."""

    def __init__(self, simulator: "WSGIApplication") -> None:
        self.simulator = simulator
        self.places = BoundedSemaphore(MOST_AT_ONCE)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        line: LineHandler = environ[CONNECTION]
        environ["HTTP_X_SIMULATOR_NO_SLEEP"] = "1"
        told: dict[str, str] = {}

        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            told.update(headers)
            return start_response(status, headers, *error)

        with self.places:
            content = _whole(self.simulator(environ, start))
        if wire.DELAY in told:
            line.peer_left_within(float(told[wire.DELAY]))
        if wire.RESET in told:
            line.reset()
            raise ConnectionResetError("the simulator was told to reset")
        return _drops(content, line, float(told[wire.DRIP])) if wire.DRIP in told else [content]


def _whole(response: Iterable[bytes]) -> bytes:
    """Read and closed, so that an answer on its slow way holds no connection to the database."""
    try:
        return b"".join(response)
    finally:
        close = getattr(response, "close", None)
        if close:
            close()


def _drops(content: bytes, line: LineHandler, pause: float) -> Iterator[bytes]:
    for byte in content:
        yield bytes([byte])
        if line.peer_left_within(pause):
            return
