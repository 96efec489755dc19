"""Carries our requests to the simulator without a network, a port or a pause."""

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

NO_SLEEP = "X-Simulator-No-Sleep"
DELAY = "X-Simulator-Delay"


class InProcessAdapter(BaseAdapter):
    """A transport for ``requests`` that ends at this process's own URLs."""

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Raises what ``requests`` would raise where the simulator was told to answer later than we wait."""
        headers = {**request.headers, NO_SLEEP: "1"}
        with override(get_language()):  # the simulator's LocaleMiddleware must not change the language of the caller
            answer = Client().generic(
                request.method or "POST",
                urlsplit(request.url or "").path,
                request.body or b"",
                content_type=headers.pop("Content-Type", "application/json"),
                headers=headers,
            )
        if float(answer.headers.get(DELAY, 0)) > timeout[1]:
            raise requests.ReadTimeout("the simulator was told to be slow")
        return _as_response(request, answer)

    def close(self) -> None:
        """Nothing is kept open."""


def _as_response(request: requests.PreparedRequest, answer: Any) -> requests.Response:
    response = requests.Response()
    response.status_code = answer.status_code
    response.headers.update(answer.headers)
    response.raw = urllib3.HTTPResponse(
        body=io.BytesIO(answer.content), status=answer.status_code, preload_content=False
    )
    response.request = request
    response.url = request.url or ""
    return response
