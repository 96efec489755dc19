"""Tell the site's code what happened: exactly once for its work in the database."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import OperationalError, models, transaction
from django.db.models import F
from django.db.transaction import TransactionManagementError
from django.dispatch import Signal
from django.utils import timezone

from wagtail_khalti import signals
from wagtail_khalti.actions.close_review import close_review
from wagtail_khalti.actions.open_review import open_review
from wagtail_khalti.actions.outside import require_no_transaction
from wagtail_khalti.models import KhaltiDelivery, KhaltiEvent, KhaltiPayment, KhaltiReview

logger = logging.getLogger(__name__)

SIGNALS: Mapping[str, Signal] = {
    KhaltiDelivery.News.COMPLETED: signals.payment_completed,
    KhaltiDelivery.News.REFUNDED: signals.payment_refunded,
    KhaltiDelivery.News.ENDED: signals.payment_ended,
    KhaltiDelivery.News.NEEDS_ATTENTION: signals.payment_needs_attention,
}


FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=6)  # doubled after each try that failed
ENOUGH_FAILURES = 3  # then a person has to look: a lock or a restart is over by now


class _ReceiverRaised(Exception):
    """The site's code failed; its cause says how."""


def deliver(payment: KhaltiPayment, *, claimed: KhaltiDelivery | None = None) -> KhaltiPayment:
    """Send what was not delivered yet, in order. What fails stays undelivered, and is tried again later.

    Until then what comes after it waits, too. The failure is told in an event, the log and, where it lasts, a review.
    ``claimed`` is the delivery whose next try the caller has taken in hand.
    """
    require_no_transaction("deliver")
    for delivery in payment.deliveries.undelivered().select_related("payment"):
        if (_has_to_wait(delivery) and delivery != claimed) or not _try(delivery):
            break
    return payment


def _has_to_wait(delivery: KhaltiDelivery) -> bool:
    """Only after it failed: the first try is anybody's who comes by."""
    return delivery.attempts > 0 and delivery.next_try_at is not None and delivery.next_try_at > timezone.now()


def _try(delivery: KhaltiDelivery) -> bool:
    """Whether the next one may follow."""
    try:
        _deliver_once(delivery)
    except OperationalError:
        # The money facts are committed and the visitor must see them; the delivery waits for the next try.
        logger.exception("Delivery %s of payment %s could not be made", delivery.pk, delivery.payment.reference)
        return False
    except Exception as error:  # noqa: BLE001 - the site's code: in a receiver, at the commit, or after it
        cause = error.__cause__ if isinstance(error, _ReceiverRaised) else error
        return not _is_undone(delivery, cause)
    return True


def _deliver_once(delivery: KhaltiDelivery) -> None:
    """The mark comes first, so that others wait or see it; receivers that raise take it back.

    They get the payment as it was read with the news, not what the caller read before others settled it.
    """
    with transaction.atomic(durable=True):
        now = timezone.now()
        if not _unmarked(delivery).update(delivered_at=now, next_try_at=None, attempts=F("attempts") + 1):
            return
        about = {"review": delivery.review} if delivery.review_id else {}
        try:
            SIGNALS[delivery.news].send(sender=KhaltiPayment, payment=delivery.payment, **about)
        except Exception as error:
            raise _ReceiverRaised from error
        if transaction.get_rollback():  # a receiver swallowed an error of the database, which undoes all of this
            raise _ReceiverRaised from TransactionManagementError("a receiver left the transaction broken")
        if delivery.attempts:
            _close_the_matter(delivery)


def _unmarked(delivery: KhaltiDelivery) -> models.QuerySet[KhaltiDelivery]:
    return KhaltiDelivery.objects.undelivered().filter(pk=delivery.pk)


def _close_the_matter(delivery: KhaltiDelivery) -> None:
    failing = KhaltiReview.Kind.DELIVERY_FAILING
    for review in delivery.payment.reviews.open().filter(kind=failing):
        close_review(review, outcome=KhaltiReview.Outcome.CAME_RIGHT)


def _is_undone(delivery: KhaltiDelivery, error: BaseException | None) -> bool:
    """Keep what failed on the record. What fails after the commit, in ``on_commit``, undoes nothing."""
    payment, kind = delivery.payment, type(error).__name__  # and not its words, which nobody here may read
    logger.error("A receiver failed on %s of payment %s", delivery.news, payment.reference, exc_info=error)
    with transaction.atomic(durable=True):
        again_at = _next_try(delivery.attempts)
        if not _unmarked(delivery).update(attempts=F("attempts") + 1, last_error=kind, next_try_at=again_at):
            return False
        payment.deliveries.undelivered().filter(pk__gt=delivery.pk).update(next_try_at=again_at)
        data = {"news": delivery.news, "error": kind}
        KhaltiEvent.about(payment, KhaltiEvent.Kind.DELIVERY_FAILED, data=data).save()
        attempts = delivery.attempts + 1
        if attempts >= ENOUGH_FAILURES:
            # Not told to the site: the news of it would wait behind the news that fails.
            evidence = {**data, "attempts": attempts}
            open_review(payment, KhaltiReview.Kind.DELIVERY_FAILING, evidence, tell=False)
    return True


def _next_try(attempts: int) -> datetime:
    """After so many tries before the one that has just failed."""
    doubled: int = 2 ** min(attempts, 20)
    return timezone.now() + min(FIRST_PAUSE * doubled, LONGEST_PAUSE)
