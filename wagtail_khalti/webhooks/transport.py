"""One POST request to an endpoint: limited in time, without redirects; of the response only the status is read."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.cookiejar import DefaultCookiePolicy

import requests
import urllib3

from wagtail_khalti.gateway.transport import USER_AGENT, OneHopSession, read_pause
from wagtail_khalti.models import KhaltiWebhookMessage
from wagtail_khalti.webhook_endpoints import Endpoint
from wagtail_khalti.webhooks.bounded_response import MAX_SECONDS, BoundedAdapter
from wagtail_khalti.webhooks.signing import signed_headers

CONNECT_TIMEOUT = 3.0  # seconds
MAX_BODY = 4096  # bytes; a longer body is not read, and its connection is not used again
BUSY = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What became of one attempt."""

    status: int | None = None
    """None: there was no response."""

    error: str = ""
    """The class of the exception then, without its message, which may contain the URL."""

    retry_after: int | None = None
    """Seconds, if the endpoint says how long it is busy."""

    @property
    def is_accepted(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        """The endpoint wants nothing any more, by the standard."""
        return self.status == HTTPStatus.GONE


def session_for_webhooks() -> requests.Session:
    """Keeps connections open, and nothing else: no cookies, and no password of a ``.netrc``."""
    session = OneHopSession()
    session.auth = lambda request: request
    session.headers.update({"User-Agent": USER_AGENT, "Content-Type": "application/json"})
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    for scheme in ("https://", "http://"):
        session.mount(scheme, BoundedAdapter())
    return session


def post(session: requests.Session, endpoint: Endpoint, message: KhaltiWebhookMessage) -> Answer:
    """Never raises because of the endpoint. Needs no database.

    A redirect is no acceptance, and never followed: it could lead to an address that only this machine reaches.
    """
    headers = signed_headers(message.message_id, int(time.time()), message.body, endpoint.secrets)
    try:
        with session.post(
            endpoint.url,
            data=message.body.encode(),
            headers=headers,
            timeout=(CONNECT_TIMEOUT, MAX_SECONDS),
            allow_redirects=False,
            stream=True,
        ) as response:
            _read_rest(response)
            retry_after = response.headers.get("Retry-After") if response.status_code in BUSY else None
            return Answer(status=response.status_code, retry_after=read_pause(retry_after))
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
        return Answer(error=type(error).__name__)


def _read_rest(response: requests.Response) -> None:
    """So that the connection can be used again. The status counts, whatever becomes of the body."""
    length = response.raw.length_remaining
    if length is not None and length <= MAX_BODY:
        with suppress(urllib3.exceptions.HTTPError, OSError, ValueError):
            response.raw.read(MAX_BODY, decode_content=False)
