"""Which colour goes with which word. It is never the colour alone that tells."""

from __future__ import annotations

from collections.abc import Mapping

from wagtail_khalti.models.refund import State
from wagtail_khalti.models.status import Status

GOOD, WAITING, DOUBT, PLAIN = "good", "waiting", "doubt", "plain"

BADGES: Mapping[str, str] = {
    Status.CREATED: WAITING,
    Status.INITIATED: WAITING,
    Status.PENDING: WAITING,
    Status.COMPLETED: GOOD,
    Status.PARTIALLY_REFUNDED: PLAIN,
    Status.REFUNDED: PLAIN,
    Status.CANCELED: PLAIN,
    Status.EXPIRED: PLAIN,
    Status.FAILED: PLAIN,
    State.REQUESTED: WAITING,
    State.PROCESSING: WAITING,
    State.SUCCEEDED: GOOD,
    State.FAILED: PLAIN,
    State.UNCONFIRMED: DOUBT,
    State.EXTERNAL: GOOD,
}
"""Of a payment's status, and of a refund's state."""
