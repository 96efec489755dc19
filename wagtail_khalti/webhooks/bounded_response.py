"""Responses that end when their time is over, however slowly they arrive."""

from __future__ import annotations

import io
import time
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection

from wagtail_khalti.gateway.interim import LastResponse, OneAnswerAdapter

MAX_SECONDS = 10.0  # from the end of the request to the end of the headers, and of as much of the body as is read


class _BoundedReader(io.RawIOBase):
    """A timeout of a socket begins anew with each byte; this one does not."""

    def __init__(self, connected: Any, raw: io.RawIOBase) -> None:
        self._socket, self._raw = connected, raw
        self._end = time.monotonic() + MAX_SECONDS

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        remaining = self._end - time.monotonic()
        if remaining <= 0:
            raise TimeoutError("the response was too slow")
        self._socket.settimeout(remaining)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class BoundedResponse(LastResponse):
    """Made when the request has been sent."""

    def __init__(self, sock: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(_BoundedReader(sock, self.fp.detach()))


class _PlainConnection(HTTPConnection):
    """Unencrypted, to the same machine."""

    response_class = BoundedResponse


class _EncryptedConnection(HTTPSConnection):
    """Encrypted, to everybody else."""

    response_class = BoundedResponse


class BoundedAdapter(OneAnswerAdapter):
    """Pools connections with such responses, also through a proxy."""

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        pool = super().get_connection_with_tls_context(*args, **kwargs)
        pool.ConnectionCls = {"http": _PlainConnection, "https": _EncryptedConnection}[pool.scheme]
        return pool
