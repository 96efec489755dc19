"""A ``requests`` adapter that calls the simulator without a network."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from django.test import Client
from django.utils.translation import get_language, override
from requests.adapters import BaseAdapter

from wagtail_khalti.simulator.wire import DELAY, DRIP, NO_SLEEP, RESET


class InProcessAdapter(BaseAdapter):
    """A transport for ``requests`` that calls this process's own URLs."""

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Raises what ``requests`` would raise if the simulator is slow or resets the connection."""
        answer = _call(request)
        if float(answer.headers.get(DELAY, 0)) > timeout[1]:
            raise requests.ReadTimeout("the simulator was told to be slow")
        if RESET in answer.headers:
            reset = ConnectionResetError("the simulator was told to reset")
            raise requests.ConnectionError(urllib3.exceptions.ProtocolError("Connection aborted.", reset))
        seconds = float(answer.headers.get(DRIP, 0)) * len(answer.content)
        return _as_response(request, answer, is_too_slow=seconds > sum(timeout))

    def close(self) -> None:
        """Nothing is open."""


class Dripping(io.BytesIO):
    """A slow body: the first byte, then a timeout."""

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell():
            raise TimeoutError("the simulator was told to drip")
        return super().read(1)

    read1 = read


def _call(request: requests.PreparedRequest) -> Any:
    headers = {**request.headers, NO_SLEEP: "1"}
    with override(get_language()):  # the simulator's LocaleMiddleware must not change the language of the caller
        return Client().generic(
            request.method or "POST",
            urlsplit(request.url or "").path,
            request.body or b"",
            content_type=headers.pop("Content-Type", "application/json"),
            headers=headers,
        )


def _as_response(request: requests.PreparedRequest, answer: Any, *, is_too_slow: bool) -> requests.Response:
    response = requests.Response()
    response.status_code = answer.status_code
    response.headers.update(answer.headers)
    body = Dripping(answer.content) if is_too_slow else io.BytesIO(answer.content)
    response.raw = urllib3.HTTPResponse(body=body, status=answer.status_code, preload_content=False)
    response.request = request
    response.url = request.url or ""
    return response
