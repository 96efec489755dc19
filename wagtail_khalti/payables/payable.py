"""What the site's code provides for an object that is paid for."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

from wagtail_khalti.payables.details import PaymentDetails


@runtime_checkable
class Payable(Protocol):
    """A saved model instance that is paid for once: an order, a booking, an invoice. ``PayableModel`` helps with it."""

    pk: Any

    def get_payment_details(self) -> PaymentDetails:
        """What is to be paid for it now."""

    def can_be_paid_by(self, user: Any) -> bool:
        """Whether this user, who may be anonymous, may start and cancel payments for it through the JSON API."""

    def can_be_seen_by(self, user: Any) -> bool:
        """Whether this user may see its payments there."""
