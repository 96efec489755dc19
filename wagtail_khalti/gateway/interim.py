"""What a server may say before its answer, such as HTTP 103. Passed over: ``http.client`` knows only 100."""

from __future__ import annotations

from http import HTTPStatus
from http.client import HTTPResponse
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection

MAX_INTERIM = 10  # before one answer; a server sends one or two


class LastResponse(HTTPResponse):
    """The last one of those that a server gives to one request."""

    def begin(self) -> None:
        super().begin()
        for _count in range(MAX_INTERIM):
            if not HTTPStatus.SWITCHING_PROTOCOLS < self.status < HTTPStatus.OK:
                return
            self.headers = None  # type: ignore[assignment]  # as before anything was read
            super().begin()


class PlainConnection(HTTPConnection):
    """Without encryption, as to the simulator."""

    response_class = LastResponse


class EncryptedConnection(HTTPSConnection):
    """As to Khalti."""

    response_class = LastResponse


CONNECTIONS = {"http": PlainConnection, "https": EncryptedConnection}


class OneAnswerAdapter(HTTPAdapter):
    """Pools connections that wait for the last response, also through a proxy."""

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        pool.ConnectionCls = CONNECTIONS[pool.scheme]
        return pool
