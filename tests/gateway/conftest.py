"""A client that speaks to a real socket."""

import socket
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from tests.gateway.server import Server
from wagtail_khalti.conf import Merchant, Mode
from wagtail_khalti.gateway import KhaltiClient, client

SECRET_KEY = "live_secret_key_that_nobody_may_ever_see"
QUICK = (1.0, 0.4)  # seconds to connect, and to wait


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    """Between two tries we wait for Khalti's sake, not for the test's."""
    monkeypatch.setattr(client, "PAUSE", 0.0)


@pytest.fixture
def merchant():
    """A merchant of ``api_url``; keywords change the rest."""

    def make(api_url="http://khalti.test", **changes):
        defaults = {"name": "default", "mode": Mode.SANDBOX, "secret_key": SECRET_KEY, "timeout": QUICK}
        return Merchant(api_url=api_url, **{**defaults, **changes})

    return make


@pytest.fixture
def serve(merchant):
    """Starts a server with these turns; gives it and a client of it."""
    with ExitStack() as stack:

        def start(*turns, timeout=QUICK, path="", **options):
            server = stack.enter_context(Server(turns, **options))
            khalti = KhaltiClient(merchant(server.url + path, timeout=timeout))
            stack.callback(khalti.transport.session.close)
            return server, khalti

        yield start


@dataclass(frozen=True)
class ClosedPort:
    """Reserved by a socket that does not listen: connections are refused, and nobody else takes it."""

    address: tuple[str, int]

    @property
    def url(self):
        return f"http://{self.address[0]}:{self.address[1]}"


@pytest.fixture
def closed_port():
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        yield ClosedPort(reserved.getsockname())
