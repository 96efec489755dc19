"""The queryset of webhook messages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db.models import Q

from wagtail_khalti.database.primary import PrimaryQuerySet
from wagtail_khalti.models.webhooks.states import MessageState

if TYPE_CHECKING:
    from wagtail_khalti.models.webhooks.message import KhaltiWebhookMessage


class KhaltiWebhookMessageQuerySet(PrimaryQuerySet["KhaltiWebhookMessage"]):
    def queue(self, messages: Iterable[KhaltiWebhookMessage]) -> None:
        """Save those that are not queued yet: one for each delivery and endpoint."""
        self.bulk_create(list(messages), ignore_conflicts=True)

    def pending(self) -> Self:
        """Those that are still to be sent."""
        return self.filter(state=MessageState.PENDING)

    def due(self, now: datetime) -> Self:
        """Those to be sent now, the longest overdue first."""
        return self.pending().filter(due_at__lte=now).order_by("due_at", "pk")

    def gone(self) -> Self:
        """Those that are held back, because their endpoint has said that it is gone for good."""
        return self.filter(state=MessageState.GONE)

    def not_being_sent(self, now: datetime) -> Self:
        """Without those whose attempt may still be running, in whichever process."""
        has_no_result = Q(attempts__gt=0, last_status=None, last_error="")
        return self.exclude(has_no_result & Q(state=MessageState.PENDING, due_at__gt=now))

    def of_payment(self, payment_id: int) -> Self:
        """In the order of the events."""
        return self.filter(delivery__payment=payment_id).order_by("delivery", "pk")
