"""Deliver a payment's events to the site's receivers, in order."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import OperationalError

from wagtail_khalti.database.transactions import require_no_transaction
from wagtail_khalti.models import KhaltiDelivery, KhaltiPayment
from wagtail_khalti.outbox.attempts import begin_attempt, postpone_later_ones, record_failure, return_attempt
from wagtail_khalti.outbox.receivers import ReceiverError, run_receivers

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class DeliveryResult:
    """The result of delivering a payment's events."""

    made: int = 0
    """Events that the receivers got now."""

    failed: int = 0
    """Those that failed; at most one, because later ones wait."""

    has_more: bool = False
    """Whether a new event was added meanwhile."""


def deliver(payment: KhaltiPayment) -> DeliveryResult:
    """Send undelivered events, in order. A failed one stays undelivered and is tried again later.

    Until then later events wait, too. A failure is recorded in the timeline, the log and, if it persists, an issue.
    """
    require_no_transaction("deliver")
    return _deliver(payment)


def _deliver(payment: KhaltiPayment) -> DeliveryResult:
    result = DeliveryResult()
    begun, payment.begun_delivery = payment.begun_delivery, None  # a second call is a second attempt
    for delivery in _undelivered(payment, begun):
        if not _attempt(delivery, result, is_begun=delivery == begun and delivery.attempts == 1):
            postpone_later_ones(delivery)
            if begun and begun != delivery:
                return_attempt(begun)
            return result
    return _deliver_more(payment, result) if result.has_more else result


def _deliver_more(payment: KhaltiPayment, result: DeliveryResult) -> DeliveryResult:
    more = _deliver(payment)
    return DeliveryResult(made=result.made + more.made, failed=result.failed + more.failed)


def _undelivered(payment: KhaltiPayment, begun: KhaltiDelivery | None) -> Iterable[KhaltiDelivery]:
    """In order, with the current payment. A single event that was just created is not read again."""
    if begun and (now := KhaltiPayment.objects.whole_with_deliveries(id=payment.pk)) and now.undelivered == 1:
        begun.payment = now
        return [begun]
    return payment.deliveries.undelivered().select_related("payment")


def _attempt(delivery: KhaltiDelivery, result: DeliveryResult, *, is_begun: bool) -> bool:
    """Returns whether the next one may follow. ``is_begun``: this attempt is already counted, and ours."""
    try:
        if not is_begun and not begin_attempt(delivery):
            return False
        result.has_more = run_receivers(delivery) or result.has_more
    except OperationalError:
        # The payment's status is committed and must be shown; the delivery waits for its next attempt.
        logger.exception("Delivery %s of payment %s could not be made", delivery.pk, delivery.payment.reference)
        result.failed += 1
        return False
    except Exception as error:  # noqa: BLE001 - the site's code: in a receiver, at the commit, or after it
        cause = error.__cause__ if isinstance(error, ReceiverError) else error
        if record_failure(delivery, cause):
            result.failed += 1
            return False
    result.made += 1
    return True
