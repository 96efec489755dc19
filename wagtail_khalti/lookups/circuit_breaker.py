"""Requests of one process stop asking a Khalti that keeps failing, and find out by themselves when it is back."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field

from wagtail_khalti.exceptions import AnswerNotUnderstood, GatewayUnreachable

FAILURES_TO_OPEN = 5  # in a row: one lost answer says nothing, and at three in ten five in a row are one in 400
PAUSE = 15.0  # seconds between two probes while it is open; as long as a visitor's waiting page goes between two checks

FAILURES = (GatewayUnreachable, AnswerNotUnderstood)


@dataclass(slots=True)
class _Circuit:
    """To Khalti, for one merchant: keys and hosts are its own."""

    failures: int = 0
    not_before: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)


class CircuitBreaker:
    """Closed, all may ask. Open, one in ``PAUSE`` may, as a probe, and its answer closes it."""

    def __init__(self) -> None:
        self._circuits: dict[str, _Circuit] = defaultdict(_Circuit)

    def require_closed(self, merchant: str) -> None:
        """Raises ``GatewayUnreachable`` where Khalti is not to be asked now; otherwise ``note`` what comes of it."""
        circuit = self._circuits[merchant]
        with circuit.lock:
            if circuit.failures < FAILURES_TO_OPEN:
                return
            now = time.monotonic()
            if now < circuit.not_before:
                raise GatewayUnreachable(
                    f"Khalti failed {circuit.failures} times in a row, and is left alone for a moment"
                )
            circuit.not_before = now + PAUSE

    def note(self, merchant: str, outcome: object) -> None:
        """An answer that can be read is a sign of life, whatever it says."""
        circuit = self._circuits[merchant]
        with circuit.lock:
            if not isinstance(outcome, FAILURES):
                circuit.failures = 0
                return
            circuit.failures += 1
            if circuit.failures >= FAILURES_TO_OPEN:
                circuit.not_before = time.monotonic() + PAUSE
