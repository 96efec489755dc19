"""A site, or a simulator, in a process of its own.

``python -m tests.concurrency.server [threads]`` says its port and serves until its standard input ends.
"""

from __future__ import annotations

import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import django
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler, WSGIServer
from django.core.wsgi import get_wsgi_application

LINE_AT_THE_DOOR = 512  # connections that wait to be accepted; with less a crowd is turned away by the kernel


class QuietHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class calls it so
        """Errors are logged by Django."""


class SmallServer(WSGIServer):
    """So many threads, each with a connection to the database that it keeps; whoever is too many waits."""

    request_queue_size = LINE_AT_THE_DOOR

    def __init__(self, threads: int) -> None:
        super().__init__(("127.0.0.1", 0), QuietHandler)
        self._pool = ThreadPoolExecutor(threads)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._pool.submit(self._serve, request, client_address)

    def _serve(self, request: Any, client_address: Any) -> None:
        try:
            self.finish_request(request, client_address)
        finally:
            self.shutdown_request(request)


class SimulatorServer(ThreadedWSGIServer):
    """A thread for each connection, since the sites keep theirs open."""

    request_queue_size = LINE_AT_THE_DOOR

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), QuietHandler)


def main(threads: str = "") -> None:
    django.setup()
    from tests.concurrency import shop

    shop.open_shop()
    careless = shop.without_the_gate()  # kept for the life of this process
    if os.environ.get("BESIDE_WITHOUT_GATE"):
        careless.__enter__()
    server = SmallServer(int(threads)) if threads else SimulatorServer()
    server.set_app(get_wsgi_application())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_port, flush=True)
    sys.stdin.read()
    os._exit(0)  # without waiting for anybody


if __name__ == "__main__":
    main(*sys.argv[1:])
