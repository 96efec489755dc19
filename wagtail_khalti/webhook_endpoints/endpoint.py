"""One address of another system that is told of payments."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One address of another system. Only the developer of the site configures them."""

    name: str
    """Stored with each message, and shown to staff."""

    url: str = field(repr=False)
    """May contain a token. Never shown."""

    secrets: tuple[bytes, ...] = field(repr=False)
    """Each signs every message, so that a receiver can change its secret without losing any. Never shown."""

    events: frozenset[str]
    """The types of events that it is told of."""

    @property
    def is_encrypted(self) -> bool:
        return urlsplit(self.url).scheme == "https"

    @property
    def fingerprint(self) -> str:
        """Of the URL, to notice that it has changed."""
        return hashlib.sha256(self.url.encode()).hexdigest()[:16]
