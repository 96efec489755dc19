"""The attempts of a message: each begun by one process, with pauses in between, until it is accepted or given up."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import models
from django.db.models import F
from django.utils import timezone

from wagtail_khalti.database.transactions import short_transaction
from wagtail_khalti.models import KhaltiEvent, KhaltiWebhookMessage
from wagtail_khalti.webhook_endpoints import Endpoint
from wagtail_khalti.webhooks.transport import Answer

logger = logging.getLogger(__name__)

State = KhaltiWebhookMessage.State

PAUSES = (  # after each attempt that failed, as the standard suggests: three days in all
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
MAX_ATTEMPTS = len(PAUSES) + 1
MAX_RETRY_AFTER = timedelta(hours=24)
LEASE = timedelta(minutes=2)  # longer than an attempt takes; afterwards its process must have been killed


def lease(message: KhaltiWebhookMessage) -> bool:
    """Whether this attempt is ours. Committed before anything is sent, with the time of the next one."""
    now = timezone.now()
    as_read = KhaltiWebhookMessage.objects.pending().filter(
        pk=message.pk, attempts=message.attempts, due_at=message.due_at
    )
    is_ours = as_read.update(
        attempts=F("attempts") + 1, attempted_at=now, due_at=now + LEASE, last_status=None, last_error=""
    )
    message.attempts += 1
    return bool(is_ours)


def record(message: KhaltiWebhookMessage, endpoint: Endpoint, answer: Answer) -> None:
    """What became of the attempt."""
    if answer.is_accepted:
        _record_acceptance(message, answer)
        return
    logger.warning(
        "Webhook %s was not accepted by %s: %s", message.message_id, endpoint.name, answer.status or answer.error
    )
    if answer.is_gone:
        _record_gone(message, endpoint, answer)
    elif message.attempts >= MAX_ATTEMPTS:
        _give_up(message, answer)
    else:
        _postpone(message, answer)


def resume_endpoints_that_moved(configured: Mapping[str, Endpoint]) -> None:
    """What was held back because a URL is gone is sent once the settings have another one."""
    held = KhaltiWebhookMessage.objects.gone().order_by().values_list("endpoint", "gone_url").distinct()
    for name, fingerprint in list(held):
        if name in configured and configured[name].fingerprint != fingerprint:
            _resume(name, except_for=configured[name].fingerprint)


def _record_acceptance(message: KhaltiWebhookMessage, answer: Answer) -> None:
    """Also if another attempt has begun meanwhile."""
    accepted = {"state": State.DELIVERED, "due_at": None, "delivered_at": timezone.now(), "gone_url": ""}
    with short_transaction():
        this = KhaltiWebhookMessage.objects.filter(pk=message.pk).exclude(state=State.DELIVERED)
        this.update(**accepted, **_result(answer))
        if message.gone_url:  # a person sent it again, and the endpoint is back
            _resume(message.endpoint)


def _record_gone(message: KhaltiWebhookMessage, endpoint: Endpoint, answer: Answer) -> None:
    """Nothing more is sent to it; what is waiting is held back."""
    logger.error("The webhook endpoint %s is gone (HTTP 410): nothing more is sent to it", endpoint.name)
    held = {"state": State.GONE, "due_at": None, "gone_url": endpoint.fingerprint}
    with short_transaction():
        if _as_leased(message).update(**held, **_result(answer)):
            _add_event(message, answer)
        KhaltiWebhookMessage.objects.pending().filter(endpoint=endpoint.name).update(**held)


def _give_up(message: KhaltiWebhookMessage, answer: Answer) -> None:
    logger.error("Webhook %s to %s was given up", message.message_id, message.endpoint)
    with short_transaction():
        if _as_leased(message).update(state=State.FAILED, due_at=None, **_result(answer)):
            _add_event(message, answer)


def _postpone(message: KhaltiWebhookMessage, answer: Answer) -> None:
    """A busy endpoint says for how long, and that goes for its other messages, too."""
    now = timezone.now()
    wanted = min(timedelta(seconds=answer.retry_after or 0), MAX_RETRY_AFTER)
    _as_leased(message).update(due_at=now + max(PAUSES[message.attempts - 1], wanted), **_result(answer))
    if wanted:
        others = KhaltiWebhookMessage.objects.pending().filter(endpoint=message.endpoint, due_at__lt=now + wanted)
        others.update(due_at=now + wanted)


def _resume(endpoint: str, *, except_for: str = "") -> None:
    held = KhaltiWebhookMessage.objects.gone().filter(endpoint=endpoint).exclude(gone_url=except_for)
    held.update(state=State.PENDING, due_at=timezone.now(), attempts=0, gone_url="")


def _as_leased(message: KhaltiWebhookMessage) -> models.QuerySet[KhaltiWebhookMessage]:
    """If the lease has ended meanwhile, another process records its own attempt."""
    return KhaltiWebhookMessage.objects.pending().filter(pk=message.pk, attempts=message.attempts)


def _result(answer: Answer) -> dict[str, Any]:
    return {"last_status": answer.status, "last_error": answer.error[:100]}


def _add_event(message: KhaltiWebhookMessage, answer: Answer) -> None:
    data = {
        "endpoint": message.endpoint,
        "event_type": message.delivery.event_type,
        "error": f"HTTP {answer.status}" if answer.status else answer.error,
    }
    KhaltiEvent.about(message.delivery.payment, KhaltiEvent.Kind.WEBHOOK_FAILED, data=data).save()
