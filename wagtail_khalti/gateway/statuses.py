"""Khalti's statuses of a payment."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum


class GatewayStatus(Enum):
    """The statuses that a lookup can name, by Khalti's own text."""

    INITIATED = "initiated"
    """Khalti has the payment; nothing has happened yet."""
    PENDING = "pending"
    """Started, not decided."""
    COMPLETED = "completed"
    """Paid."""
    PARTIALLY_REFUNDED = "partially refunded"
    """Paid, and partly refunded."""
    REFUNDED = "refunded"
    """Paid, and fully refunded."""
    CANCELED = "user canceled"
    """The visitor canceled."""
    EXPIRED = "expired"
    """The payment link expired."""
    FAILED = "failed"
    """Rejected by Khalti. Not in the documentation since 2024, but still in Khalti's own SDK."""


# Compared without regard to letter case. "Canceled" was in the documentation for a while.
# A text that isn't here means neither paid nor failed: nothing changes, and an issue is opened.
BY_TEXT: Mapping[str, GatewayStatus] = {
    **{status.value: status for status in GatewayStatus},
    "canceled": GatewayStatus.CANCELED,
}


def gateway_status(text: str) -> GatewayStatus | None:
    """None for a text that isn't known."""
    return BY_TEXT.get(" ".join(text.casefold().split()))
