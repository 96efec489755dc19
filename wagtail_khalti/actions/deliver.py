"""Tell the site's code what happened: exactly once for its work in the database."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from django.db import OperationalError, transaction
from django.db.models import F
from django.db.transaction import TransactionManagementError
from django.dispatch import Signal
from django.utils import timezone

from wagtail_khalti import signals
from wagtail_khalti.actions.outside import require_no_transaction
from wagtail_khalti.models import KhaltiDelivery, KhaltiEvent, KhaltiPayment

logger = logging.getLogger(__name__)

SIGNALS: Mapping[str, Signal] = {
    KhaltiDelivery.News.COMPLETED: signals.payment_completed,
    KhaltiDelivery.News.REFUNDED: signals.payment_refunded,
    KhaltiDelivery.News.ENDED: signals.payment_ended,
    KhaltiDelivery.News.NEEDS_ATTENTION: signals.payment_needs_attention,
}


class _ReceiverRaised(Exception):
    """The site's code failed; its cause says how."""


def deliver(payment: KhaltiPayment) -> KhaltiPayment:
    """Send what was not delivered yet, in order. What fails stays undelivered and is told in an event and the log."""
    require_no_transaction("deliver")
    for delivery in payment.deliveries.filter(delivered_at=None).select_related("payment"):
        try:
            _deliver_once(delivery)
        except OperationalError:
            # The money facts are committed and the visitor must see them; the delivery waits for the next try.
            logger.exception("Delivery %s of payment %s could not be made", delivery.pk, payment.reference)
            break
        except Exception as error:  # noqa: BLE001 - the site's code: in a receiver, at the commit, or after it
            cause = error.__cause__ if isinstance(error, _ReceiverRaised) else error
            if _is_undone(payment, delivery, cause):
                break
    return payment


def _deliver_once(delivery: KhaltiDelivery) -> None:
    """The mark comes first, so that others wait or see it; receivers that raise take it back.

    They get the payment as it was read with the news, not what the caller read before others settled it.
    """
    with transaction.atomic(durable=True):
        unmarked = KhaltiDelivery.objects.filter(pk=delivery.pk, delivered_at=None)
        if not unmarked.update(delivered_at=timezone.now(), attempts=F("attempts") + 1):
            return
        about = {"review": delivery.review} if delivery.review_id else {}
        try:
            SIGNALS[delivery.news].send(sender=KhaltiPayment, payment=delivery.payment, **about)
        except Exception as error:
            raise _ReceiverRaised from error
        if transaction.get_rollback():  # a receiver swallowed an error of the database, which undoes all of this
            raise _ReceiverRaised from TransactionManagementError("a receiver left the transaction broken")


def _is_undone(payment: KhaltiPayment, delivery: KhaltiDelivery, error: BaseException | None) -> bool:
    """Keep what failed on the record. What fails after the commit, in ``on_commit``, undoes nothing."""
    logger.error("A receiver failed on %s of payment %s", delivery.news, payment.reference, exc_info=error)
    kind = type(error).__name__  # and not its words, which may hold what nobody should read here
    undelivered = KhaltiDelivery.objects.filter(pk=delivery.pk, delivered_at=None)
    if not undelivered.update(attempts=F("attempts") + 1, last_error=kind):
        return False
    data = {"news": delivery.news, "error": kind}
    KhaltiEvent.about(payment, KhaltiEvent.Kind.DELIVERY_FAILED, data=data).save()
    return True
