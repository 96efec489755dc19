"""The header ``Idempotency-Key``, as draft-ietf-httpapi-idempotency-key-header-07 has it.

No response is stored: the key is stored with the payment or refund, which is the response when it is sent again.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Schema

from wagtail_khalti.api.caller import Caller
from wagtail_khalti.api.problems import Problem

HEADER = "Idempotency-Key"
PATTERN = r'^(?:"(?:[ !#-\[\]-~]|\\["\\]){1,255}"|[A-Za-z0-9._~:/+=@-]{1,255})$'
"""A Structured Fields string, or the same without quotes, as most clients send it."""
MIN_ANONYMOUS_LENGTH = 16  # characters: nobody is known whose keys these are, so they have to be random

PARAMETER = {
    "in": "header",
    "name": HEADER,
    "required": True,
    "description": (
        "Chosen by the client, and the same when the request is repeated: a string in quotes, or without them. "
        f"Anonymous callers need a random one of at least {MIN_ANONYMOUS_LENGTH} characters, such as a UUID."
    ),
    "schema": {"type": "string", "pattern": PATTERN},
}
IDEMPOTENT: dict[str, Any] = {"parameters": [PARAMETER]}
"""For ``openapi_extra``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Idempotency:
    """What a request is known by."""

    key: str
    """Of the caller and the header: two callers with the same header never meet."""

    digest: str
    """Of all that was requested."""


def idempotency_of(request: HttpRequest, caller: Caller, operation: str, body: Schema) -> Idempotency:
    """Raises ``Problem`` if the header is missing or malformed."""
    text = request.headers.get(HEADER, "")
    if not text:
        raise Problem("idempotency-key-missing", _("Send the header Idempotency-Key."))
    if not re.fullmatch(PATTERN, text):
        raise Problem("idempotency-key-invalid", _("The header Idempotency-Key is malformed."))
    key = re.sub(r"\\(.)", r"\1", text[1:-1]) if text.startswith('"') else text
    if caller.is_anonymous and len(key) < MIN_ANONYMOUS_LENGTH:
        raise Problem("idempotency-key-invalid", _("Use a random Idempotency-Key, such as a UUID."))
    return Idempotency(
        key=f"api:{_hash([caller.scope, key])}",
        digest=_hash([operation, body.model_dump(mode="json")]),
    )


def _hash(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
