"""Skip interim responses such as HTTP 103: ``http.client`` only skips 100."""

from __future__ import annotations

from http import HTTPStatus
from http.client import HTTPResponse
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection

MAX_INTERIM = 10  # per response; a server sends one or two


class LastResponse(HTTPResponse):
    """Skips interim responses."""

    def begin(self) -> None:
        super().begin()
        for _count in range(MAX_INTERIM):
            if not HTTPStatus.SWITCHING_PROTOCOLS < self.status < HTTPStatus.OK:
                return
            self.headers = None  # type: ignore[assignment]  # as in the initial state
            super().begin()


class PlainConnection(HTTPConnection):
    """Unencrypted, as to the simulator."""

    response_class = LastResponse


class EncryptedConnection(HTTPSConnection):
    """Encrypted, as to Khalti."""

    response_class = LastResponse


CONNECTIONS = {"http": PlainConnection, "https": EncryptedConnection}


class OneAnswerAdapter(HTTPAdapter):
    """Pools connections that skip interim responses, also through a proxy."""

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        pool.ConnectionCls = CONNECTIONS[pool.scheme]
        return pool
