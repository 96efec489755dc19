"""The circuit breaker of one run of reconcile."""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass, field

from wagtail_khalti.exceptions import AnswerNotUnderstood, GatewayUnreachable, KeyRejected, KhaltiError
from wagtail_khalti.gateway import Lookup

MAX_FAILURES = 20  # in a row; if a third of all lookups fail, so many in a row happen once in billions
MIN_FAILURES = 8  # in a row: enough if Khalti sends a Retry-After, rejects the key, or has not responded for:
MAX_SILENCE = 30.0  # seconds


@dataclass(slots=True)
class _Circuit:
    """For one merchant."""

    failures: int = 0
    answered_at: float = field(default_factory=time.monotonic)

    def is_open_after(self, error: KhaltiError) -> bool:
        is_clear = isinstance(error, KeyRejected) or getattr(error, "retry_after", None) is not None
        is_silent = time.monotonic() - self.answered_at >= MAX_SILENCE
        return self.failures >= MAX_FAILURES or (self.failures >= MIN_FAILURES and (is_clear or is_silent))


class RunBreaker:
    """Per merchant, because keys and hosts differ."""

    def __init__(self) -> None:
        self.reasons: dict[str, str] = {}
        """Why a merchant is skipped for the rest of this run, by its name."""

        self._circuits: dict[str, _Circuit] = defaultdict(_Circuit)

    def note(self, merchant: str, outcome: Lookup | KhaltiError) -> None:
        """Record a lookup's outcome. Any response that can be read is a success, whatever it says."""
        circuit = self._circuits[merchant]
        if not isinstance(outcome, GatewayUnreachable | AnswerNotUnderstood | KeyRejected):
            circuit.failures, circuit.answered_at = 0, time.monotonic()
            return
        circuit.failures += 1
        if circuit.is_open_after(outcome):
            self.reasons[merchant] = str(outcome)
