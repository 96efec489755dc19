"""One POST to Khalti over a pooled connection: capped, timed, never redirected, the key never shown."""

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

MAX_BODY = 64 * 1024  # bytes; real answers have under 1 kB
CHUNK = 8 * 1024
MAX_BRACKETS = 500  # that open; real answers have under 20, and Python reads deeper nesting than it can walk
LONG_PAUSE = 60  # seconds; where a 429 does not say how long
POOL_SIZE = 32  # connections kept to one host: as many as a busy process has threads
USER_AGENT = f"wagtail-khalti/{__version__}"


class Account(Protocol):
    """What is needed to speak to Khalti as somebody."""

    @property
    def api_url(self) -> str: ...
    @property
    def secret_key(self) -> str: ...
    @property
    def timeout(self) -> tuple[float, float]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An HTTP answer with a JSON object in it."""

    http_status: int
    body: Mapping[str, Any]


class HiddenText(str):
    """A text that is sent as it is, and not shown to who looks at the variables around it."""

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
    """Knows no redirects: even unfollowed, ``requests`` would read their whole body and parse where they lead."""

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
            raise KeyRejected(f"Khalti answered {status}: it does not know this secret key")
        if status == 429:
            raise GatewayUnreachable(f"Khalti answered {status}", retry_after=_read_pause(retry_after) or LONG_PAUSE)
        if status >= 500:
            raise GatewayUnreachable(f"Khalti answered {status}", retry_after=_read_pause(retry_after))
        if 300 <= status < 400:
            raise AnswerNotUnderstood(f"Khalti answered with a redirect ({status})")
        return Answer(http_status=status, body=_read_object(content, is_refusal=status == 400))

    def _exchange(self, path: str, body: Mapping[str, Any]) -> tuple[int, bytes, str | None]:
        deadline = time.monotonic() + sum(self._timeout)
        try:
            with (
                _variables_forgotten(),
                self.session.post(
                    self._root + path, json=body, timeout=self._timeout, allow_redirects=False, stream=True
                ) as response,
            ):
                content = _read_capped(response.raw, deadline)
                return response.status_code, content, response.headers.get("Retry-After")
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            # Without the cause: its frames held the request with the key, and error pages show frames.
            raise _unreachable(error) from None


@contextmanager
def _variables_forgotten() -> Iterator[None]:
    """Of the frames that an error came through, also one that stops the worker: they hold the key as it was sent, and
    error trackers look at them."""
    try:
        yield
    except BaseException as error:
        traceback.clear_frames(error.__traceback__)
        raise


def _read_capped(raw: Any, deadline: float) -> bytes:
    """At most ``MAX_BODY`` bytes before ``deadline``, however slowly they drip."""
    content = b""
    while chunk := raw.read1(CHUNK, decode_content=True):
        content += chunk
        if len(content) > MAX_BODY:
            raise AnswerNotUnderstood(f"Khalti's answer is larger than {MAX_BODY} bytes")
        if time.monotonic() > deadline:
            raise GatewayUnreachable("Khalti's answer came too slowly")
    return content


def _unreachable(error: Exception) -> GatewayUnreachable:
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    never_made = isinstance(error, requests.ConnectTimeout) or isinstance(reason, urllib3.exceptions.NewConnectionError)
    kind = ConnectionNeverMade if never_made else GatewayUnreachable
    return kind(f"no answer from Khalti ({type(error).__name__})")


def _read_object(content: bytes, *, is_refusal: bool) -> Mapping[str, Any]:
    if content.count(b"[") + content.count(b"{") > MAX_BRACKETS:
        raise AnswerNotUnderstood("Khalti's answer is nested too deeply")
    try:
        body = json.loads(content, parse_float=Decimal, parse_constant=_refuse)
    except (ValueError, RecursionError, ArithmeticError) as error:
        raise AnswerNotUnderstood("Khalti's answer isn't JSON") from error
    if is_refusal and isinstance(body, list):
        return {"detail": body}  # as Django REST framework refuses what concerns no single field
    if not isinstance(body, dict):
        raise AnswerNotUnderstood("Khalti's answer isn't a JSON object")
    return body


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _read_pause(retry_after: str | None) -> int | None:
    """Seconds, where the header says seconds or a moment to come."""
    if retry_after is None:
        return None
    if retry_after.isascii() and retry_after.isdigit() and len(retry_after) < 6:
        return int(retry_after)
    try:
        moment = parsedate_to_datetime(retry_after)
        return max(0, int((moment - datetime.now(moment.tzinfo)).total_seconds()))
    except (ValueError, OverflowError):
        return None
