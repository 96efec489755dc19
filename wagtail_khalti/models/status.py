"""The statuses of a payment, and groups of them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    """The status of a payment. ``ledger.payment_states`` has the transitions."""

    CREATED = "created", _("Created")
    """Committed here; not confirmed by Khalti yet."""
    INITIATED = "initiated", _("Sent to Khalti")
    """Khalti issued a pidx; the visitor can pay."""
    PENDING = "pending", _("Pending at Khalti")
    """Khalti has not decided the outcome."""
    COMPLETED = "completed", _("Completed")
    """Khalti confirmed the payment."""
    PARTIALLY_REFUNDED = "partially_refunded", _("Partially refunded")
    """Part of it was refunded."""
    REFUNDED = "refunded", _("Refunded")
    """All of it was refunded."""
    CANCELED = "canceled", _("Cancelled")
    """The visitor cancelled at Khalti. A soft end: a late payment is still accepted."""
    EXPIRED = "expired", _("Expired")
    """Khalti's payment link expired. A soft end."""
    FAILED = "failed", _("Failed")
    """Rejected by Khalti. A soft end."""


PAID = frozenset({Status.COMPLETED, Status.PARTIALLY_REFUNDED, Status.REFUNDED})
WITH_REFUNDS = frozenset({Status.PARTIALLY_REFUNDED, Status.REFUNDED})
WAITING = frozenset({Status.CREATED, Status.INITIATED, Status.PENDING})
SOFT_ENDS = frozenset({Status.CANCELED, Status.EXPIRED, Status.FAILED})
