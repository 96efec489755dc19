"""Which messages follow from delivered events."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator
from datetime import timedelta

from django.utils import timezone

from wagtail_khalti.database.transactions import is_transaction_conflict, short_transaction
from wagtail_khalti.models import KhaltiDelivery, KhaltiWebhookMessage
from wagtail_khalti.models.queries import KhaltiDeliveryQuerySet
from wagtail_khalti.webhooks.endpoints import EVENT_NAMES, endpoints
from wagtail_khalti.webhooks.payload import body_of

logger = logging.getLogger(__name__)

MAX_IN_A_RUN = 500
MIN_IN_A_RUN = 20  # also if looking up payments has used all of the time, run after run
PAUSE_AFTER_ERROR = timedelta(hours=1)  # one that can't be written must not delay the others


def queue_after_deliveries(is_over: Callable[[], bool]) -> None:
    """Write the messages of delivered events. Any number of processes may do so at the same time.

    Ends early, but after a few, once ``is_over()``.
    """
    due = KhaltiDelivery.objects.filter(webhooks_due_at__lte=timezone.now())
    related = ("payment__payable_class", "refund", "issue")
    deliveries = list(due.select_related(*related).order_by("webhooks_due_at", "pk")[:MAX_IN_A_RUN])
    gone = _gone_endpoints() if deliveries else set()
    for number, delivery in enumerate(deliveries):
        if is_over() and number >= MIN_IN_A_RUN:
            break
        try:
            _queue_after(delivery, gone)
        except Exception as error:
            if is_transaction_conflict(error):
                continue  # the next run writes them
            logger.exception("The webhooks about payment %s could not be written", delivery.payment.reference)
            _pending(delivery).update(webhooks_due_at=timezone.now() + PAUSE_AFTER_ERROR)


def _queue_after(delivery: KhaltiDelivery, gone: Collection[str]) -> None:
    with short_transaction():
        if _pending(delivery).update(webhooks_due_at=None):
            KhaltiWebhookMessage.objects.queue(_messages(delivery, gone))


def _messages(delivery: KhaltiDelivery, gone: Collection[str]) -> Iterator[KhaltiWebhookMessage]:
    """Unsaved, due now; for an endpoint that is gone they are held back."""
    body = body_of(delivery)
    for endpoint in endpoints().values():
        if EVENT_NAMES[delivery.event_type] not in endpoint.events:
            continue
        message = KhaltiWebhookMessage(endpoint=endpoint.name, delivery=delivery, body=body, due_at=timezone.now())
        if endpoint.name in gone:
            message.state, message.due_at = KhaltiWebhookMessage.State.GONE, None
            message.gone_url = endpoint.fingerprint
        yield message


def _gone_endpoints() -> set[str]:
    """Their names."""
    gone = KhaltiWebhookMessage.objects.gone()
    return {name for name in endpoints() if gone.filter(endpoint=name).exists()}


def _pending(delivery: KhaltiDelivery) -> KhaltiDeliveryQuerySet:
    return KhaltiDelivery.objects.filter(pk=delivery.pk, webhooks_due_at=delivery.webhooks_due_at)
