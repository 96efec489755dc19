"""Tell the site's code what happened: exactly once for its work in the database."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import OperationalError, connection, models, transaction
from django.db.models import F
from django.db.transaction import TransactionManagementError
from django.dispatch import Signal
from django.utils import timezone

from wagtail_khalti import signals
from wagtail_khalti.actions.resolve_issue import resolve_issue
from wagtail_khalti.exceptions import IssueAlreadyResolved
from wagtail_khalti.ledger.duplicates import flag_possible_duplicate
from wagtail_khalti.ledger.issues import open_issue
from wagtail_khalti.models import KhaltiDelivery, KhaltiEvent, KhaltiIssue, KhaltiPayment
from wagtail_khalti.models.outside import require_no_transaction
from wagtail_khalti.models.queries import KhaltiIssueQuerySet
from wagtail_khalti.models.transactions import is_somebody_faster, short_transaction
from wagtail_khalti.receipts.automatic import send_receipt_by_itself, wants_receipt
from wagtail_khalti.receipts.refund_notices import send_refund_notices

logger = logging.getLogger(__name__)

SIGNALS: Mapping[str, Signal] = {
    KhaltiDelivery.EventType.COMPLETED: signals.payment_completed,
    KhaltiDelivery.EventType.REFUNDED: signals.payment_refunded,
    KhaltiDelivery.EventType.ENDED: signals.payment_ended,
    KhaltiDelivery.EventType.NEEDS_ATTENTION: signals.payment_needs_attention,
}


FIRST_PAUSE, MAX_PAUSE = timedelta(minutes=1), timedelta(hours=6)  # doubled after each try that failed
TURNS = 10  # in one try: as often others may be faster with the rows of the site
FAILURES_TO_OPEN_ISSUE = 3  # then a person has to look: a lock or a restart is over by now


class _ReceiverRaised(Exception):
    """The site's code failed; its cause says how."""


@dataclass(slots=True)
class DeliveryResult:
    """What came of telling the site's code."""

    made: int = 0
    """Pieces of news that it heard now."""

    failed: int = 0
    """Those that it failed on; at most one, since what comes after it waits."""

    has_more: bool = False
    """Whether something came up on the way that it has to hear, too."""


def deliver(payment: KhaltiPayment) -> DeliveryResult:
    """Send what was not delivered yet, in order. What fails stays undelivered, and is tried again later.

    Until then what comes after it waits, too. The failure is told in an event, the log and, where it lasts, a review.
    """
    require_no_transaction("deliver")
    result = _deliver(payment)
    if payment.owes_notice:  # which need not wait for the site's code
        payment.owes_notice = False
        send_refund_notices(payment)
    return result


def _deliver(payment: KhaltiPayment) -> DeliveryResult:
    result = DeliveryResult()
    begun, payment.begun_delivery = payment.begun_delivery, None  # a second call is a second try
    for delivery in _undelivered(payment, begun):
        if not _try(delivery, result, is_begun=delivery == begun and delivery.attempts == 1):
            _let_the_rest_wait(delivery)
            if begun and begun != delivery:
                _release(begun)
            return result
    return _deliver_more(payment, result) if result.has_more else result


def _deliver_more(payment: KhaltiPayment, result: DeliveryResult) -> DeliveryResult:
    more = _deliver(payment)
    return DeliveryResult(made=result.made + more.made, failed=result.failed + more.failed)


def _undelivered(payment: KhaltiPayment, begun: KhaltiDelivery | None) -> Iterable[KhaltiDelivery]:
    """In order, with the payment as it is now. The usual one, alone and begun a moment ago, is not read again."""
    if begun and (now := KhaltiPayment.objects.whole_with_deliveries(id=payment.pk)) and now.undelivered == 1:
        begun.payment = now
        return [begun]
    return payment.deliveries.undelivered().select_related("payment")


def _release(begun: KhaltiDelivery) -> None:
    """Its turn did not come, for earlier news is on its way: the first try is anybody's again."""
    with suppress(OperationalError):  # a busy database: then its turn comes when the head start is over
        _unmarked(begun).filter(attempts=1).update(attempts=0)


def _has_to_wait(delivery: KhaltiDelivery) -> bool:
    """Only after a try: the first is anybody's who comes by."""
    return delivery.attempts > 0 and delivery.next_try_at is not None and delivery.next_try_at > timezone.now()


def _try(delivery: KhaltiDelivery, result: DeliveryResult, *, is_begun: bool) -> bool:
    """Whether the next one may follow. ``is_begun``: this try is counted already, and nobody else's."""
    try:
        if not is_begun and (_has_to_wait(delivery) or not _begin_a_try(delivery)):
            return False
        result.has_more = _deliver_until_it_is_our_turn(delivery) or result.has_more
    except OperationalError:
        # The money facts are committed and the visitor must see them; the delivery waits for the next try.
        logger.exception("Delivery %s of payment %s could not be made", delivery.pk, delivery.payment.reference)
        result.failed += 1
        return False
    except Exception as error:  # noqa: BLE001 - the site's code: in a receiver, at the commit, or after it
        cause = error.__cause__ if isinstance(error, _ReceiverRaised) else error
        if _is_undone(delivery, cause):
            result.failed += 1
            return False
    result.made += 1
    return True


def _begin_a_try(delivery: KhaltiDelivery) -> bool:
    """Whether it is ours. Committed before the site's code runs, so that also what kills the process is counted."""
    again_at = timezone.now() + _pause_after(delivery.attempts)
    with short_transaction():
        as_read = _unmarked(delivery).filter(attempts=delivery.attempts)
        if (delivery.attempts and _is_in_other_hands(as_read)) or not as_read.update(
            attempts=F("attempts") + 1, next_try_at=again_at
        ):
            return False
        if delivery.attempts >= FAILURES_TO_OPEN_ISSUE and not _matters(delivery).exists():
            _open_the_matter(delivery, delivery.last_error)  # each try has killed its process
    delivery.attempts, delivery.next_try_at = delivery.attempts + 1, again_at
    return True


def _is_in_other_hands(as_read: models.QuerySet[KhaltiDelivery]) -> bool:
    """Whether receivers are still at work on an earlier try: nobody waits for them."""
    if not connection.features.has_select_for_update_skip_locked:
        return False
    return not list(as_read.select_for_update(skip_locked=True).values_list("pk"))


def _pause_after(attempts: int) -> timedelta:
    doubled: int = 2 ** min(attempts, 20)
    return min(FIRST_PAUSE * doubled, MAX_PAUSE)


def _deliver_until_it_is_our_turn(delivery: KhaltiDelivery) -> bool:
    """At the site's own isolation level, and with its rows: where others were faster with those, again at once."""
    for turn in range(1, TURNS + 1):
        try:
            return _deliver_once(delivery)
        except Exception as error:
            if turn == TURNS or not is_somebody_faster(error):
                raise
    return False


def _deliver_once(delivery: KhaltiDelivery) -> bool:
    """Whether there is more to tell now.

    The mark comes first, so that others wait or see it; receivers that raise take it back.

    They get the payment as it was read with the news, not what the caller read before others settled it.
    """
    with transaction.atomic(durable=True):
        if not _unmarked(delivery).update(delivered_at=timezone.now(), next_try_at=None):
            return False
        is_primary = delivery.event_type == KhaltiDelivery.EventType.COMPLETED
        is_gone = is_primary and delivery.payment.has_lost_payable  # before a receiver makes an order of a cart
        if is_primary and wants_receipt(delivery.payment):
            # First of what follows the commit, and robust: neither the site's code nor a mail server stops the other.
            transaction.on_commit(lambda: send_receipt_by_itself(delivery.payment), robust=True)
        try:
            SIGNALS[delivery.event_type].send(sender=KhaltiPayment, payment=delivery.payment, **_about(delivery))
        except Exception as error:
            raise _ReceiverRaised from error
        if transaction.get_rollback():  # a receiver swallowed an error of the database, which undoes all of this
            raise _ReceiverRaised from TransactionManagementError("a receiver left the transaction broken")
        if delivery.attempts > 1:
            _close_the_matter(delivery)
        return is_primary and _tell_people(delivery.payment, is_gone=is_gone)


def _about(delivery: KhaltiDelivery) -> dict[str, Any]:
    about: dict[str, Any] = {"is_test": delivery.payment.is_test}
    if refund := delivery.refund:
        return about | {"refund": refund, "amount": refund.amount, "refundable": refund.refundable}
    return about | {"issue": delivery.issue} if delivery.issue_id else about


def _tell_people(payment: KhaltiPayment, *, is_gone: bool) -> bool:
    """Of what the site's code can't see, or leaves at that, as where it finds nothing to mark as paid.

    Whether there was anything.
    """
    if is_gone:
        open_issue(payment, KhaltiIssue.Kind.PAYABLE_DELETED)
    return flag_possible_duplicate(payment) or is_gone


def _unmarked(delivery: KhaltiDelivery) -> models.QuerySet[KhaltiDelivery]:
    return KhaltiDelivery.objects.undelivered().filter(pk=delivery.pk)


def _is_undone(delivery: KhaltiDelivery, error: BaseException | None) -> bool:
    """Keep what failed on the record. What fails after the commit, in ``on_commit``, undoes nothing."""
    payment, kind = delivery.payment, type(error).__name__  # and not its words, which nobody here may read
    logger.error("A receiver failed on %s of payment %s", delivery.event_type, payment.reference, exc_info=error)
    with short_transaction():
        if not _unmarked(delivery).update(last_error=kind):
            return False
        data = {"event_type": delivery.event_type, "error": kind}
        KhaltiEvent.about(payment, KhaltiEvent.Kind.DELIVERY_FAILED, data=data).save()
        if delivery.attempts >= FAILURES_TO_OPEN_ISSUE:
            _open_the_matter(delivery, kind)
    return True


def _let_the_rest_wait(delivery: KhaltiDelivery) -> None:
    """In order: nobody need look at what comes after it before its own turn."""
    rest = delivery.payment.deliveries.undelivered().filter(pk__gt=delivery.pk)
    with suppress(OperationalError), short_transaction(durable=False):  # a busy database: they wait behind it anyway
        rest.filter(next_try_at__lt=delivery.next_try_at).update(next_try_at=delivery.next_try_at)


def _open_the_matter(delivery: KhaltiDelivery, error: str) -> None:
    """Not told to the site: the news of it would wait behind the news that fails."""
    details = {"event_type": delivery.event_type, "error": error, "attempts": delivery.attempts}
    open_issue(delivery.payment, KhaltiIssue.Kind.DELIVERY_FAILING, details, tell=False)


def _matters(delivery: KhaltiDelivery) -> KhaltiIssueQuerySet:
    return delivery.payment.issues.filter(kind=KhaltiIssue.Kind.DELIVERY_FAILING)


def _close_the_matter(delivery: KhaltiDelivery) -> None:
    for issue in _matters(delivery).open():
        with suppress(IssueAlreadyResolved):  # somebody was faster, which undoes nothing here
            resolve_issue(issue, resolution=KhaltiIssue.Resolution.RESOLVED_AUTOMATICALLY)
