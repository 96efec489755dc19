"""POST requests to Khalti: limited in size and time, without redirects, never exposing the key."""

from __future__ import annotations

import json
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Protocol

import requests
import urllib3
from requests.auth import AuthBase

from wagtail_khalti import __version__
from wagtail_khalti.exceptions import AnswerNotUnderstood, ConnectionNeverMade, GatewayUnreachable, KeyRejected
from wagtail_khalti.gateway.interim import OneAnswerAdapter

MAX_BODY = 64 * 1024  # bytes; real responses have under 1 kB
CHUNK = 8 * 1024
MAX_BRACKETS = 500  # opening ones; real responses have under 20, and Python parses deeper nesting than it can traverse
DEFAULT_RETRY_AFTER = 60  # seconds; for a 429 without Retry-After
POOL_SIZE = 32  # connections per host: as many as a busy process has threads
USER_AGENT = f"wagtail-khalti/{__version__}"


class Account(Protocol):
    """The credentials and settings of one merchant."""

    @property
    def api_url(self) -> str: ...
    @property
    def secret_key(self) -> str: ...
    @property
    def timeout(self) -> tuple[float, float]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An HTTP response with a JSON object."""

    http_status: int
    body: Mapping[str, Any]


class HiddenText(str):
    """A text whose ``repr()`` is hidden, for error pages that show variables."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'…'"


@dataclass(frozen=True, slots=True)
class KeyAuth(AuthBase):
    """``Authorization: Key …``. As ``auth`` rather than a header, so that no ``.netrc`` can replace it."""

    key: str = field(repr=False)

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = HiddenText(f"Key {self.key}")
        return request


class OneHopSession(requests.Session):
    """Ignores redirects: even unfollowed, ``requests`` would read their whole body and parse their location."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        return None


class Transport:
    """The pooled session of one account."""

    def __init__(self, account: Account) -> None:
        self._root = account.api_url
        self._timeout = account.timeout
        self.session = OneHopSession()
        self.session.auth = KeyAuth(account.secret_key)
        self.session.headers.update({"User-Agent": USER_AGENT, "Accept": "application/json"})
        self.session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        for scheme in ("https://", "http://"):
            self.session.mount(scheme, OneAnswerAdapter(pool_maxsize=POOL_SIZE))

    def post(self, path: str, body: Mapping[str, Any]) -> Answer:
        """Raises ``GatewayUnreachable``, ``KeyRejected`` or ``AnswerNotUnderstood``."""
        status, content, retry_after = self._exchange(path, body)

        if status in (401, 403):
            raise KeyRejected(f"Khalti answered {status}: the secret key is rejected")
        if status == 429:
            raise GatewayUnreachable(
                f"Khalti answered {status}", retry_after=read_pause(retry_after) or DEFAULT_RETRY_AFTER
            )
        if status >= 500:
            raise GatewayUnreachable(f"Khalti answered {status}", retry_after=read_pause(retry_after))
        if 300 <= status < 400:
            raise AnswerNotUnderstood(f"Khalti answered with a redirect ({status})")
        return Answer(http_status=status, body=_read_object(content, is_rejection=status == 400))

    def _exchange(self, path: str, body: Mapping[str, Any]) -> tuple[int, bytes, str | None]:
        deadline = time.monotonic() + sum(self._timeout)
        try:
            with (
                _cleared_frames(),
                self.session.post(
                    self._root + path, json=body, timeout=self._timeout, allow_redirects=False, stream=True
                ) as response,
            ):
                content = _read_capped(response.raw, deadline)
                return response.status_code, content, response.headers.get("Retry-After")
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            # Without the cause: its frames have the request with the key, and error pages show frames.
            raise _unreachable(error) from None


@contextmanager
def _cleared_frames() -> Iterator[None]:
    """Clears the variables of all frames of an exception: they have the key, and error trackers show them."""
    try:
        yield
    except BaseException as error:
        traceback.clear_frames(error.__traceback__)
        raise


def _read_capped(raw: Any, deadline: float) -> bytes:
    """At most ``MAX_BODY`` bytes before ``deadline``, however slowly they arrive."""
    content = b""
    while chunk := raw.read1(CHUNK, decode_content=True):
        content += chunk
        if len(content) > MAX_BODY:
            raise AnswerNotUnderstood(f"Khalti's response is larger than {MAX_BODY} bytes")
        if time.monotonic() > deadline:
            raise GatewayUnreachable("Khalti's response was too slow")
    return content


def _unreachable(error: Exception) -> GatewayUnreachable:
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    never_made = isinstance(error, requests.ConnectTimeout) or isinstance(reason, urllib3.exceptions.NewConnectionError)
    kind = ConnectionNeverMade if never_made else GatewayUnreachable
    return kind(f"no response from Khalti ({type(error).__name__})")


def _read_object(content: bytes, *, is_rejection: bool) -> Mapping[str, Any]:
    if content.count(b"[") + content.count(b"{") > MAX_BRACKETS:
        raise AnswerNotUnderstood("Khalti's response is nested too deeply")
    try:
        body = json.loads(content, parse_float=Decimal, parse_constant=_refuse)
    except (ValueError, RecursionError, ArithmeticError) as error:
        raise AnswerNotUnderstood("Khalti's response isn't JSON") from error
    if is_rejection and isinstance(body, list):
        return {"detail": body}  # Django REST framework's format of non-field errors
    if not isinstance(body, dict):
        raise AnswerNotUnderstood("Khalti's response isn't a JSON object")
    return body


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def read_pause(retry_after: str | None) -> int | None:
    """Seconds, from a header in seconds or with a date."""
    if retry_after is None:
        return None
    if retry_after.isascii() and retry_after.isdigit() and len(retry_after) < 6:
        return int(retry_after)
    try:
        moment = parsedate_to_datetime(retry_after)
        return max(0, int((moment - datetime.now(moment.tzinfo)).total_seconds()))
    except (ValueError, OverflowError):
        return None
