"""The colour of each status. The colour is never the only sign: its label is always shown."""

from __future__ import annotations

from collections.abc import Mapping

from wagtail_khalti.models.refund import State
from wagtail_khalti.models.status import Status

GOOD, WAITING, WARNING, PLAIN = "good", "waiting", "warning", "plain"

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
    State.UNCONFIRMED: WARNING,
    State.EXTERNAL: GOOD,
}
"""By status of a payment and state of a refund."""
