"""How far a payment has come, and what several of these have in common."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    """How far a payment has come. ``ledger.payment_states`` says how it moves on."""

    CREATED = "created", _("Created")
    """Committed here; Khalti has not confirmed that it knows of it."""
    INITIATED = "initiated", _("Sent to Khalti")
    """Khalti gave it a pidx; the visitor may pay."""
    PENDING = "pending", _("Pending at Khalti")
    """Khalti says that the outcome is not decided."""
    COMPLETED = "completed", _("Completed")
    """Khalti confirmed the money."""
    PARTIALLY_REFUNDED = "partially_refunded", _("Partially refunded")
    """Some of the money was refunded."""
    REFUNDED = "refunded", _("Refunded")
    """All of the money was refunded."""
    CANCELED = "canceled", _("Cancelled")
    """The visitor cancelled at Khalti. A soft end: a late payment is still accepted."""
    EXPIRED = "expired", _("Expired")
    """Khalti's payment link expired. A soft end."""
    FAILED = "failed", _("Failed")
    """Khalti refused. A soft end."""


PAID = frozenset({Status.COMPLETED, Status.PARTIALLY_REFUNDED, Status.REFUNDED})
WITH_REFUNDS = frozenset({Status.PARTIALLY_REFUNDED, Status.REFUNDED})
WAITING = frozenset({Status.CREATED, Status.INITIATED, Status.PENDING})
SOFT_ENDS = frozenset({Status.CANCELED, Status.EXPIRED, Status.FAILED})
