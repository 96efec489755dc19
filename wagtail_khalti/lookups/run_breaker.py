"""Tells when a merchant's Khalti is not worth asking any more in this run."""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass, field

from wagtail_khalti.exceptions import AnswerNotUnderstood, GatewayUnreachable, KeyRejected, KhaltiError
from wagtail_khalti.gateway import Lookup

MANY = 20  # failures in a row: with a third of all lookups failing, a run of so many is one in billions
SAMPLE_SIZE = (
    8  # in a row are enough where Khalti asks for a pause or refuses the key, or has been silent for so many seconds:
)
LONG = 30.0


@dataclass(slots=True)
class _Line:
    """To Khalti, for one merchant."""

    failures: int = 0
    heard_at: float = field(default_factory=time.monotonic)

    def is_dead(self, error: KhaltiError) -> bool:
        says_so = isinstance(error, KeyRejected) or getattr(error, "retry_after", None) is not None
        is_long_silent = time.monotonic() - self.heard_at >= LONG
        return self.failures >= MANY or (self.failures >= SAMPLE_SIZE and (says_so or is_long_silent))


class RunBreaker:
    """Per merchant, since keys and hosts are."""

    def __init__(self) -> None:
        self.reasons: dict[str, str] = {}
        """Why a merchant is not asked any more in this run, by its name."""

        self._lines: dict[str, _Line] = defaultdict(_Line)

    def note(self, merchant: str, outcome: Lookup | KhaltiError) -> None:
        """One lookup came to this. An answer that can be read is a sign of life, whatever it says."""
        line = self._lines[merchant]
        if not isinstance(outcome, GatewayUnreachable | AnswerNotUnderstood | KeyRejected):
            line.failures, line.heard_at = 0, time.monotonic()
            return
        line.failures += 1
        if line.is_dead(outcome):
            self.reasons[merchant] = str(outcome)
