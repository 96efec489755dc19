"""A circuit breaker per process and merchant, while Khalti keeps failing."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field

from wagtail_khalti.exceptions import AnswerNotUnderstood, GatewayUnreachable

FAILURES_TO_OPEN = 5  # in a row; at an error rate of 30 % five in a row happen once in 400
PAUSE = 15.0  # seconds between two probes while it is open; the interval of the visitor's waiting page

FAILURES = (GatewayUnreachable, AnswerNotUnderstood)


@dataclass(slots=True)
class _Circuit:
    """For one merchant, because keys and hosts differ."""

    failures: int = 0
    not_before: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)


class CircuitBreaker:
    """Closed: all calls pass. Open: one call per ``PAUSE`` passes as a probe, and closes it if it succeeds."""

    def __init__(self) -> None:
        self._circuits: dict[str, _Circuit] = defaultdict(_Circuit)

    def require_closed(self, merchant: str) -> None:
        """Raises ``GatewayUnreachable`` while it is open; otherwise ``note`` the outcome of the call."""
        circuit = self._circuits[merchant]
        with circuit.lock:
            if circuit.failures < FAILURES_TO_OPEN:
                return
            now = time.monotonic()
            if now < circuit.not_before:
                raise GatewayUnreachable(
                    f"Khalti failed {circuit.failures} times in a row; not calling it for a moment"
                )
            circuit.not_before = now + PAUSE

    def note(self, merchant: str, outcome: object) -> None:
        """Any response that can be read is a success, whatever it says."""
        circuit = self._circuits[merchant]
        with circuit.lock:
            if not isinstance(outcome, FAILURES):
                circuit.failures = 0
                return
            circuit.failures += 1
            if circuit.failures >= FAILURES_TO_OPEN:
                circuit.not_before = time.monotonic() + PAUSE
