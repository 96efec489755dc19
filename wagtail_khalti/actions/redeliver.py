"""Tell the site's code again, now, because a person says so."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser
from django.utils import timezone

from wagtail_khalti.database.transactions import require_no_transaction, short_transaction
from wagtail_khalti.exceptions import AlreadyDelivered
from wagtail_khalti.ledger import log_action
from wagtail_khalti.models import KhaltiDelivery, KhaltiEvent
from wagtail_khalti.outbox import deliver


def redeliver(delivery: KhaltiDelivery, *, by: AbstractBaseUser | None = None) -> KhaltiDelivery:
    """Try what failed before its next try is due, as after the site's code was mended; what waits for it follows.

    Raises ``AlreadyDelivered`` where the site has heard it: nothing is told twice. Whether it worked this time is
    in ``delivered_at``. Commits on its own, so it can't run inside a transaction.
    """
    require_no_transaction("redeliver")
    payment = delivery.payment
    with short_transaction():
        waiting = payment.deliveries.undelivered().filter(pk__lte=delivery.pk)  # what comes first goes first
        waiting.update(next_try_at=timezone.now())  # first: SQLite refuses at once who reads and then writes
        if not waiting.filter(pk=delivery.pk).exists():
            raise AlreadyDelivered(f"{delivery.event_type} of payment {payment.reference} was delivered")
        data = {"event_type": delivery.event_type}
        KhaltiEvent.about(payment, KhaltiEvent.Kind.DELIVERY_RETRIED, by=by, data=data).save()
        log_action(payment, "redeliver", by=by, **data)
    deliver(payment)
    delivery.refresh_from_db()
    return delivery
