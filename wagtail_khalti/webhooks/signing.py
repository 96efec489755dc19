"""Signatures of the Standard Webhooks: https://www.standardwebhooks.com."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable


def signed_headers(message_id: str, timestamp: int, body: str, secrets: Iterable[bytes]) -> dict[str, str]:
    """One signature for each secret. ``timestamp``: of this attempt, in seconds since 1970."""
    text = f"{message_id}.{timestamp}.{body}".encode()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(_signature(secret, text) for secret in secrets),
    }


def _signature(secret: bytes, text: bytes) -> str:
    return f"v1,{base64.b64encode(hmac.digest(secret, text, hashlib.sha256)).decode()}"
