"""Retry a delivery now."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser
from django.utils import timezone

from wagtail_khalti.database.transactions import require_no_transaction, short_transaction
from wagtail_khalti.exceptions import AlreadyDelivered
from wagtail_khalti.ledger import log_action
from wagtail_khalti.models import KhaltiDelivery, KhaltiEvent
from wagtail_khalti.outbox import deliver


def redeliver(delivery: KhaltiDelivery, *, by: AbstractBaseUser | None = None) -> KhaltiDelivery:
    """Retry it before its next attempt is due, for example after a receiver was fixed; later deliveries follow.

    Raises ``AlreadyDelivered``. Whether it succeeded is in ``delivered_at``. Commits on its own, so it can't run inside
    a transaction.
    """
    require_no_transaction("redeliver")
    payment = delivery.payment
    with short_transaction():
        waiting = payment.deliveries.undelivered().filter(pk__lte=delivery.pk)  # earlier ones are delivered first
        waiting.update(next_try_at=timezone.now())  # first: SQLite fails when a transaction reads and then writes
        if not waiting.filter(pk=delivery.pk).exists():
            raise AlreadyDelivered(f"{delivery.event_type} of payment {payment.reference} was delivered")
        data = {"event_type": delivery.event_type}
        KhaltiEvent.about(payment, KhaltiEvent.Kind.DELIVERY_RETRIED, by=by, data=data).save()
        log_action(payment, "redeliver", by=by, **data)
    deliver(payment)
    delivery.refresh_from_db()
    return delivery
