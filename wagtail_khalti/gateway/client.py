"""The questions that Khalti can be asked."""

from __future__ import annotations

import os
import random
import re
import time
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from wagtail_khalti.exceptions import (
    AnswerNotUnderstood,
    ConnectionNeverMade,
    GatewayUnreachable,
    KeyRejected,
    MobileNeeded,
    PidxNotFound,
    RequestRejected,
)
from wagtail_khalti.gateway.interface import Gateway
from wagtail_khalti.gateway.messages import Initiated, InitiateRequest, Lookup, RefundRequest, readable
from wagtail_khalti.gateway.transport import Account, Answer, Transport

INITIATE = "/api/v2/epayment/initiate/"
LOOKUP = "/api/v2/epayment/lookup/"
REFUND = "/api/merchant-transaction/{transaction_id}/refund/"  # really without "v2"
REFUNDED = "transaction refund successful"  # all that Khalti says: no id, no amount

IS_ID = re.compile(r"[A-Za-z0-9_-]+")  # Khalti's have 22 letters and digits
CLEAR_REFUSALS = (400, 404, 405, 415, 422)  # of a refund; Khalti has documented none, and 409 or 423 may mean "wait"

TRIES = 3
PAUSE = 0.3  # seconds before the second try, doubled before the third, each with up to as much jitter
MAX_WORDS_LENGTH = 300  # characters of one message in a refusal
MAX_ACCOUNTS = 64  # sessions kept open in one process


class KhaltiClient:
    """Khalti as seen by one merchant."""

    def __init__(self, account: Account) -> None:
        self._has_key = is_sendable(account.secret_key)
        self._patience = account.timeout[1]
        self.transport = Transport(account)

    def initiate(self, request: InitiateRequest) -> Initiated:
        """Begin a payment.

        Asked again only when no connection was ever made: initiate is not idempotent.
        Raises ``RequestRejected`` with Khalti's words by field, or any other ``GatewayError``.
        """
        self._require_key()
        try:
            answer = self.transport.post(INITIATE, request.as_json())
        except ConnectionNeverMade:
            answer = self.transport.post(INITIATE, request.as_json())

        if answer.http_status == 400:
            raise RequestRejected(dict(flatten(answer.body)))
        if answer.http_status != 200:
            raise AnswerNotUnderstood(f"initiate answered {answer.http_status}")
        return Initiated.from_json(answer.body)

    def lookup(self, pidx: str, *, is_patient: bool = True) -> Lookup:
        """Ask what became of a payment; without patience once only, as fits who can come again later.

        HTTP 400 with a status is an answer: Khalti says Expired and User canceled that way.
        Raises ``PidxNotFound`` or any other ``GatewayError``.
        """
        self._require_key()
        ask = self._ask_patiently if is_patient else self.transport.post
        answer = ask(LOOKUP, {"pidx": pidx})

        if answer.http_status in (200, 400) and "status" in answer.body:
            return Lookup.from_json(answer.body)
        if "status" not in answer.body and _is_not_found(answer):
            raise PidxNotFound(f"Khalti does not know pidx {pidx}")
        raise AnswerNotUnderstood(f"lookup answered {answer.http_status} without a status")

    def refund(self, request: RefundRequest) -> str:
        """Give money back. Asked once and never again: Khalti would not know the second request for the same.

        Raises ``MobileNeeded``, any other ``GatewayRejected`` or ``ConnectionNeverMade`` where nothing went back for
        certain; with any other ``GatewayError`` it may have.
        """
        self._require_key()
        if not IS_ID.fullmatch(request.transaction_id):
            raise RequestRejected({"transaction_id": "no id of Khalti's"})  # ".." would lead to another address
        answer = self.transport.post(REFUND.format(transaction_id=request.transaction_id), request.as_json())

        said = str(answer.body.get("detail", "")).strip()
        words = said.rstrip(".").casefold()
        if answer.http_status in CLEAR_REFUSALS and words != REFUNDED:
            fields = {hide(request.mobile, name): hide(request.mobile, text) for name, text in flatten(answer.body)}
            raise MobileNeeded(fields) if asks_for_mobile(fields) else RequestRejected(fields)
        if answer.http_status != 200 or words != REFUNDED:
            raise AnswerNotUnderstood(f"refund answered {answer.http_status} without a word that we know")
        return said

    def _require_key(self) -> None:
        if not self._has_key:
            raise KeyRejected("the secret key is missing, or has characters that no key has")

    def _ask_patiently(self, path: str, body: Mapping[str, Any]) -> Answer:
        """Up to ``TRIES`` times, as long as a visitor would have waited for one answer anyway."""
        give_up_at = time.monotonic() + self._patience
        for attempt in range(1, TRIES):
            try:
                return self.transport.post(path, body)
            except GatewayUnreachable as error:
                pause = PAUSE * attempt * (1 + random.random())  # noqa: S311 - jitter, not a secret
                if error.retry_after is not None or time.monotonic() + pause > give_up_at:
                    raise
                time.sleep(pause)
        return self.transport.post(path, body)


def _is_not_found(answer: Answer) -> bool:
    """Of an answer without a status: any 404, in whatever words. With 400 other things are wrong as well."""
    return answer.http_status == 404 or str(answer.body.get("detail")).rstrip(".").casefold() == "not found"


def is_sendable(key: str) -> bool:
    """Whether an HTTP header can hold it; where it can't, the error of the HTTP library would show the key."""
    return bool(key) and key.isascii() and key.isprintable() and " " not in key


def hide(number: str, text: str) -> str:
    """Khalti may repeat what it was told; errors are kept, and end up in logs."""
    return text.replace(number, "…") if number else text


def asks_for_mobile(fields: Mapping[str, str]) -> bool:
    """Whether a refusal speaks of the number to which money should go. In which words is not known."""
    return any("mobile" in text.casefold() for pair in fields.items() for text in pair)


@lru_cache(maxsize=MAX_ACCOUNTS)
def connect(account: Account) -> Gateway:
    """The gateway of this account, which is chosen here only. Its connections are kept for the life of the process."""
    return KhaltiClient(account)


# Two processes must not speak over one connection.
if hasattr(os, "register_at_fork"):  # not on Windows, which does not fork
    os.register_at_fork(after_in_child=connect.cache_clear)


def flatten(errors: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Khalti's field errors from any nesting: ``("customer_info.name", "This field is required.")``."""
    if isinstance(errors, Mapping):
        for name, inner in errors.items():
            if path or name not in ("error_key", "status_code"):
                step = readable(str(name), MAX_WORDS_LENGTH)
                yield from flatten(inner, f"{path}.{step}" if path else step)
    elif isinstance(errors, list) and any(isinstance(inner, Mapping | list) for inner in errors):
        for position, inner in enumerate(errors):
            yield from flatten(inner, f"{path}.{position}")
    else:
        words = errors if isinstance(errors, list) else [errors]
        yield path, " ".join(readable(str(word), MAX_WORDS_LENGTH) for word in words)
