"""The attempts of a delivery: counted before they begin, made by one process at a time, with growing pauses."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import timedelta

from django.db import OperationalError, connection, models
from django.db.models import F
from django.utils import timezone

from wagtail_khalti.database.transactions import short_transaction
from wagtail_khalti.ledger import open_issue
from wagtail_khalti.models import KhaltiDelivery, KhaltiEvent, KhaltiIssue

logger = logging.getLogger(__name__)

MIN_PAUSE, MAX_PAUSE = timedelta(minutes=1), timedelta(hours=6)  # doubled after each attempt that failed
FAILURES_TO_OPEN_ISSUE = 3  # a lock or a restart should be over by then


def begin_attempt(delivery: KhaltiDelivery) -> bool:
    """Returns whether it is due, and ours. Committed before receivers run, so that a killed process counts, too."""
    if _has_to_wait(delivery):
        return False
    next_try_at = timezone.now() + _pause_after(delivery.attempts)
    with short_transaction():
        as_read = delivery.unmarked().filter(attempts=delivery.attempts)
        if (delivery.attempts and _is_running_elsewhere(as_read)) or not as_read.update(
            attempts=F("attempts") + 1, next_try_at=next_try_at
        ):
            return False
        if delivery.attempts >= FAILURES_TO_OPEN_ISSUE and not _has_issue(delivery):
            _open_issue(delivery, delivery.last_error)  # each attempt has killed its process
    delivery.attempts, delivery.next_try_at = delivery.attempts + 1, next_try_at
    return True


def return_attempt(delivery: KhaltiDelivery) -> None:
    """The attempt was not used, because an earlier delivery goes first; any process may make it."""
    with suppress(OperationalError):  # a busy database: it is tried when the head start is over
        delivery.unmarked().filter(attempts=1).update(attempts=0)


def record_failure(delivery: KhaltiDelivery, error: BaseException | None) -> bool:
    """Returns whether the attempt failed: an exception after the commit, in ``on_commit``, undoes nothing."""
    payment, kind = delivery.payment, type(error).__name__  # without its message, which may contain personal data
    logger.error("A receiver failed on %s of payment %s", delivery.event_type, payment.reference, exc_info=error)
    with short_transaction():
        if not delivery.unmarked().update(last_error=kind):
            return False
        data = {"event_type": delivery.event_type, "error": kind}
        KhaltiEvent.about(payment, KhaltiEvent.Kind.DELIVERY_FAILED, data=data).save()
        if delivery.attempts >= FAILURES_TO_OPEN_ISSUE:
            _open_issue(delivery, kind)
    return True


def postpone_later_ones(delivery: KhaltiDelivery) -> None:
    """Deliveries are made in order, so later ones need no attempt before the next one of this."""
    later = delivery.payment.deliveries.undelivered().filter(pk__gt=delivery.pk)
    with suppress(OperationalError), short_transaction(durable=False):  # a busy database: they wait behind it anyway
        later.filter(next_try_at__lt=delivery.next_try_at).update(next_try_at=delivery.next_try_at)


def _has_to_wait(delivery: KhaltiDelivery) -> bool:
    """Only after an attempt: any process may make the first."""
    return delivery.attempts > 0 and delivery.next_try_at is not None and delivery.next_try_at > timezone.now()


def _is_running_elsewhere(as_read: models.QuerySet[KhaltiDelivery]) -> bool:
    """Whether receivers of an earlier attempt are still running."""
    if not connection.features.has_select_for_update_skip_locked:
        return False
    return not list(as_read.select_for_update(skip_locked=True).values_list("pk"))


def _pause_after(attempts: int) -> timedelta:
    doubled: int = 2 ** min(attempts, 20)
    return min(MIN_PAUSE * doubled, MAX_PAUSE)


def _has_issue(delivery: KhaltiDelivery) -> bool:
    return bool(delivery.payment.issues.filter(kind=KhaltiIssue.Kind.DELIVERY_FAILING).exists())


def _open_issue(delivery: KhaltiDelivery, error: str) -> None:
    """The site gets no event for it: that would wait behind the delivery that fails."""
    details = {"event_type": delivery.event_type, "error": error, "attempts": delivery.attempts}
    open_issue(delivery.payment, KhaltiIssue.Kind.DELIVERY_FAILING, details, notifies_site=False)
