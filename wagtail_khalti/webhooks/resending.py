"""Send a message again, because a person wants it."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser
from django.utils import timezone

from wagtail_khalti.database.transactions import require_no_transaction, short_transaction
from wagtail_khalti.exceptions import WebhookBeingSent, WebhookEndpointMissing
from wagtail_khalti.ledger import log_action
from wagtail_khalti.models import KhaltiEvent, KhaltiWebhookMessage
from wagtail_khalti.webhooks.attempts import lease, record
from wagtail_khalti.webhooks.endpoints import endpoints
from wagtail_khalti.webhooks.transport import post, session_for_webhooks


def resend_webhook(message: KhaltiWebhookMessage, *, by: AbstractBaseUser | None = None) -> KhaltiWebhookMessage:
    """Send it now, whether or not it was accepted before; its ID and text stay the same. Waits for the endpoint.

    If it fails, it is tried again like a new one. Raises ``WebhookEndpointMissing`` or ``WebhookBeingSent``. Whether it
    succeeded is in ``delivered_at``. Commits on its own, so it can't run inside a transaction.
    """
    require_no_transaction("resend_webhook")
    endpoint = endpoints().get(message.endpoint)
    if endpoint is None:
        raise WebhookEndpointMissing(f"The settings have no webhook endpoint {message.endpoint!r}")
    _begin_anew(message, by)
    message.refresh_from_db()
    if lease(message):
        with session_for_webhooks() as session:
            record(message, endpoint, post(session, endpoint, message))
    message.refresh_from_db()
    return message


def _begin_anew(message: KhaltiWebhookMessage, by: AbstractBaseUser | None) -> None:
    now, delivery = timezone.now(), message.delivery
    with short_transaction():
        idle = KhaltiWebhookMessage.objects.not_being_sent(now).filter(pk=message.pk)
        is_idle = idle.update(
            state=KhaltiWebhookMessage.State.PENDING,
            due_at=now,
            attempts=0,
            delivered_at=None,
            last_status=None,
            last_error="",
        )
        if not is_idle:
            raise WebhookBeingSent(f"Webhook {message.message_id} is being sent")
        data = {"endpoint": message.endpoint, "event_type": delivery.event_type}
        KhaltiEvent.about(delivery.payment, KhaltiEvent.Kind.WEBHOOK_RESENT, by=by, data=data).save()
        log_action(delivery.payment, "resend_webhook", by=by, **data)
