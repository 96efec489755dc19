"""What Khalti says of a payment, in our words."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum


class GatewayStatus(Enum):
    """The statuses that a lookup can name, by Khalti's own text."""

    INITIATED = "initiated"
    """Khalti knows the payment; nothing happened yet."""
    PENDING = "pending"
    """Begun, not decided."""
    COMPLETED = "completed"
    """The money is there."""
    PARTIALLY_REFUNDED = "partially refunded"
    """The money was there, and some of it was refunded."""
    REFUNDED = "refunded"
    """The money was there, and all of it was refunded."""
    CANCELED = "user canceled"
    """The visitor canceled."""
    EXPIRED = "expired"
    """The payment link expired."""
    FAILED = "failed"
    """Khalti refused. Gone from the documentation since 2024, still in Khalti's own SDK."""


# Compared without regard to letter case. "Canceled" was in the documentation for a while.
# A text that isn't here means neither paid nor failed: nothing changes, and an issue is opened.
BY_TEXT: Mapping[str, GatewayStatus] = {
    **{status.value: status for status in GatewayStatus},
    "canceled": GatewayStatus.CANCELED,
}


def gateway_status(text: str) -> GatewayStatus | None:
    """None for a text that isn't known."""
    return BY_TEXT.get(" ".join(text.casefold().split()))
