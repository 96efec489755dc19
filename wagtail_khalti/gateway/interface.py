"""All that the rest of the package asks of a payment gateway."""

from __future__ import annotations

from typing import Protocol

from wagtail_khalti.gateway.messages import Initiated, InitiateRequest, Lookup, RefundRequest


class Gateway(Protocol):
    """A gateway as seen by one merchant. Each method raises ``GatewayError`` or one of its subclasses."""

    def initiate(self, request: InitiateRequest) -> Initiated:
        """Begin a payment. Raises ``RequestRejected`` if it can never be begun like this."""
        ...

    def lookup(self, pidx: str, *, is_patient: bool = True) -> Lookup:
        """The status of a payment; without patience, by one request only.

        The answer names the status by a ``GatewayStatus``. It need not say how much was refunded.
        """
        ...

    def refund(self, request: RefundRequest) -> str:
        """Refund once, and return the gateway's answer in its own words.

        Raises ``GatewayRejected`` or ``ConnectionNeverMade`` only if nothing was refunded for certain. After any other
        error the refund is unconfirmed, and a lookup decides.
        """
        ...
