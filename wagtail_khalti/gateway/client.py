"""The calls of Khalti's API."""

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
REFUND = "/api/merchant-transaction/{transaction_id}/refund/"  # without "v2", as documented
REFUNDED = "transaction refund successful"  # Khalti's whole response: no ID, no amount

IS_ID = re.compile(r"[A-Za-z0-9_-]+")  # Khalti's have 22 letters and digits
CLEAR_REJECTIONS = (400, 404, 405, 415, 422)  # of a refund; Khalti documents none, and 409 or 423 may mean "wait"

TRIES = 3
PAUSE = 0.3  # seconds before the second try, doubled before the third, each with up to as much jitter
MAX_MESSAGE_LENGTH = 300  # characters of one error message
MAX_ACCOUNTS = 64  # sessions kept open in one process


class KhaltiClient:
    """The API, for one merchant."""

    def __init__(self, account: Account) -> None:
        self._has_key = is_sendable(account.secret_key)
        self._timeout = account.timeout[1]
        self.transport = Transport(account)

    def initiate(self, request: InitiateRequest) -> Initiated:
        """Initiate a payment.

        Retried only if no connection was made: initiate is not idempotent.
        Raises ``RequestRejected`` with Khalti's messages by field, or any other ``GatewayError``.
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
        """Look a payment up. ``is_patient``: with retries.

        HTTP 400 with a status is a valid response: Khalti reports Expired and User canceled that way.
        Raises ``PidxNotFound`` or any other ``GatewayError``.
        """
        self._require_key()
        post = self._post_with_retries if is_patient else self.transport.post
        answer = post(LOOKUP, {"pidx": pidx})

        if answer.http_status in (200, 400) and "status" in answer.body:
            return Lookup.from_json(answer.body)
        if "status" not in answer.body and _is_not_found(answer):
            raise PidxNotFound(f"Khalti has no pidx {pidx}")
        raise AnswerNotUnderstood(f"lookup answered {answer.http_status} without a status")

    def refund(self, request: RefundRequest) -> str:
        """Refund a payment. Never retried: Khalti would process a second request as another refund.

        Raises ``MobileNeeded``, any other ``GatewayRejected`` or ``ConnectionNeverMade`` if certainly nothing was
        refunded; after any other ``GatewayError`` the outcome is unknown.
        """
        self._require_key()
        if not IS_ID.fullmatch(request.transaction_id):
            raise RequestRejected({"transaction_id": "not an ID of Khalti's"})  # ".." would lead to another URL
        answer = self.transport.post(REFUND.format(transaction_id=request.transaction_id), request.as_json())

        message = str(answer.body.get("detail", "")).strip()
        is_refunded = message.rstrip(".").casefold() == REFUNDED
        if answer.http_status in CLEAR_REJECTIONS and not is_refunded:
            fields = {mask(request.mobile, name): mask(request.mobile, text) for name, text in flatten(answer.body)}
            raise MobileNeeded(fields) if requires_mobile(fields) else RequestRejected(fields)
        if answer.http_status != 200 or not is_refunded:
            raise AnswerNotUnderstood(f"refund answered {answer.http_status} with an unknown message")
        return message

    def _require_key(self) -> None:
        if not self._has_key:
            raise KeyRejected("the secret key is missing, or has characters that a key can't have")

    def _post_with_retries(self, path: str, body: Mapping[str, Any]) -> Answer:
        """Up to ``TRIES`` times, within the timeout of a single call."""
        give_up_at = time.monotonic() + self._timeout
        for attempt in range(1, TRIES):
            try:
                return self.transport.post(path, body)
            except GatewayUnreachable as error:
                pause = PAUSE * attempt * (1 + random.random())  # noqa: S311 - jitter, not a secret
                if error.retry_after is not None or time.monotonic() + pause > give_up_at:
                    raise
                time.sleep(pause)
        return self.transport.post(path, body)


OUR_NAMES = {
    "customer_info": "customer",
    "amount_breakdown": "breakdown",
    "product_details": "products",
    "purchase_order_name": "purpose",
}
"""Of the fields of a request, for those who see the errors."""


def _is_not_found(answer: Answer) -> bool:
    """Of a response without a status: any 404. A 400 may also mean other errors."""
    return answer.http_status == 404 or str(answer.body.get("detail")).rstrip(".").casefold() == "not found"


def is_sendable(key: str) -> bool:
    """Whether it is valid in an HTTP header; otherwise the error of the HTTP library would show the key."""
    return bool(key) and key.isascii() and key.isprintable() and " " not in key


def mask(number: str, text: str) -> str:
    """Khalti may repeat the number in errors, which are stored and logged."""
    return text.replace(number, "…") if number else text


def requires_mobile(fields: Mapping[str, str]) -> bool:
    """Whether the error is about the mobile number to refund to. Khalti does not document its wording."""
    return any("mobile" in text.casefold() for pair in fields.items() for text in pair)


@lru_cache(maxsize=MAX_ACCOUNTS)
def connect(account: Account) -> Gateway:
    """The gateway of this account; only this function chooses it. Its connections stay open as long as the process."""
    return KhaltiClient(account)


# Processes must not share connections.
if hasattr(os, "register_at_fork"):  # not on Windows, which does not fork
    os.register_at_fork(after_in_child=connect.cache_clear)


def flatten(errors: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Khalti's field errors from any nesting, by our names: ``("customer.name", "This field is required.")``."""
    if isinstance(errors, Mapping):
        for name, inner in errors.items():
            if path or name not in ("error_key", "status_code"):
                key = OUR_NAMES.get(name, readable(str(name), MAX_MESSAGE_LENGTH))
                yield from flatten(inner, f"{path}.{key}" if path else key)
    elif isinstance(errors, list) and any(isinstance(inner, Mapping | list) for inner in errors):
        for position, inner in enumerate(errors):
            yield from flatten(inner, f"{path}.{position}")
    else:
        messages = errors if isinstance(errors, list) else [errors]
        yield path, " ".join(readable(str(message), MAX_MESSAGE_LENGTH) for message in messages)
