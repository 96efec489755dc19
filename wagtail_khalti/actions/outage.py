"""Tells when a merchant's Khalti is not worth asking any more in this run."""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass, field

from wagtail_khalti.exceptions import GatewayUnreachable, KeyRejected, KhaltiError, MerchantChanged

MANY = 20  # failures in a row: with a third of all lookups failing, a run of so many is one in billions
FEW, LONG = 3, 30.0  # or so few, where nothing came for so many seconds


@dataclass(slots=True)
class _Line:
    """To Khalti, for one merchant."""

    failures: int = 0
    heard_at: float = field(default_factory=time.monotonic)

    @property
    def is_dead(self) -> bool:
        is_long_silent = time.monotonic() - self.heard_at >= LONG
        return self.failures >= MANY or (self.failures >= FEW and is_long_silent)


class Outages:
    """Per merchant, since keys and hosts are."""

    def __init__(self) -> None:
        self.reasons: dict[str, str] = {}
        """Why a merchant is not asked any more in this run, by its name."""

        self._lines: dict[str, _Line] = defaultdict(_Line)

    @property
    def merchants(self) -> list[str]:
        """Those not to be asked any more."""
        return list(self.reasons)

    def note(self, merchant: str, error: KhaltiError | None) -> None:
        """One lookup came to this."""
        line = self._lines[merchant]
        if not isinstance(error, GatewayUnreachable | KeyRejected | MerchantChanged):
            line.failures, line.heard_at = 0, time.monotonic()  # also nonsense is a sign of life
            return
        line.failures += 1
        is_asked_to_pause = isinstance(error, GatewayUnreachable) and error.retry_after is not None
        if line.is_dead or is_asked_to_pause or not isinstance(error, GatewayUnreachable):
            self.reasons[merchant] = str(error)
