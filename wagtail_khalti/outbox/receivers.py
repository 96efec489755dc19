"""Run the site's receivers of one event, in the transaction that marks it as delivered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.db.transaction import TransactionManagementError
from django.dispatch import Signal
from django.utils import timezone

from wagtail_khalti import signals
from wagtail_khalti.database.plain_sql import update_rows
from wagtail_khalti.database.transactions import is_transaction_conflict
from wagtail_khalti.ledger import flag_possible_duplicate, open_issue, resolve_open
from wagtail_khalti.models import KhaltiDelivery, KhaltiIssue, KhaltiPayment
from wagtail_khalti.models.mails import announce_mails
from wagtail_khalti.models.status import Status
from wagtail_khalti.models.webhooks import announce_webhooks
from wagtail_khalti.webhooks import has_endpoint_for

SIGNALS: Mapping[str, Signal] = {
    KhaltiDelivery.EventType.COMPLETED: signals.payment_completed,
    KhaltiDelivery.EventType.REFUNDED: signals.payment_refunded,
    KhaltiDelivery.EventType.ENDED: signals.payment_ended,
    KhaltiDelivery.EventType.NEEDS_ATTENTION: signals.payment_needs_attention,
}

MAX_RUNS = 10  # per attempt, if transactions conflict over rows of the site


class ReceiverError(Exception):
    """A receiver failed; its cause is the exception."""


def run_receivers(delivery: KhaltiDelivery) -> bool:
    """Returns whether a new event was added.

    Runs at the site's isolation level; repeated at once after a serialization failure. Raises ``ReceiverError``, or
    whatever the database raises.
    """
    for run in range(1, MAX_RUNS + 1):
        try:
            return _run_once(delivery)
        except Exception as error:
            if run == MAX_RUNS or not is_transaction_conflict(error):
                raise
    return False


def _run_once(delivery: KhaltiDelivery) -> bool:
    """The mark comes first, so that other processes wait or see it; if a receiver raises, it is rolled back.

    Receivers get the payment as it was read with the delivery, not the caller's, which may be outdated.
    """
    payment = delivery.payment
    with transaction.atomic(durable=True):
        if not update_rows(KhaltiDelivery, _mark(delivery), where=Q(id=delivery.pk, delivered_at=None)):
            return False
        is_purchase = delivery.event_type == KhaltiDelivery.EventType.COMPLETED
        is_deleted = is_purchase and payment.has_lost_payable  # before a receiver replaces a cart with an order
        _send_signal(delivery)
        if delivery.attempts > 1:
            resolve_open(payment.issues.filter(kind=KhaltiIssue.Kind.DELIVERY_FAILING))
        return is_purchase and _open_issues(payment, is_deleted=is_deleted)


def _mark(delivery: KhaltiDelivery) -> dict[str, datetime | None]:
    """Notes also that mails and webhooks follow. They are queued later: a visitor waits for neither."""
    now = timezone.now()
    mark: dict[str, datetime | None] = {"delivered_at": now, "next_try_at": None}
    if _leads_to_mails(delivery):
        mark["mails_due_at"] = now
        announce_mails()
    if has_endpoint_for(delivery.event_type):
        mark["webhooks_due_at"] = now
        announce_webhooks()
    return mark


def _leads_to_mails(delivery: KhaltiDelivery) -> bool:
    """Whether there may be some, by what is known without a query. ``mails.queueing`` decides."""
    if delivery.event_type == KhaltiDelivery.EventType.ENDED:
        return delivery.payment.status == Status.EXPIRED and bool(delivery.payment.customer_email)
    return delivery.event_type == KhaltiDelivery.EventType.COMPLETED


def _send_signal(delivery: KhaltiDelivery) -> None:
    try:
        SIGNALS[delivery.event_type].send(sender=KhaltiPayment, payment=delivery.payment, **_arguments(delivery))
    except Exception as error:
        raise ReceiverError from error
    if transaction.get_rollback():  # a receiver swallowed a database error; the transaction will be rolled back
        raise ReceiverError from TransactionManagementError("a receiver left the transaction broken")


def _arguments(delivery: KhaltiDelivery) -> dict[str, Any]:
    arguments: dict[str, Any] = {"is_test": delivery.payment.is_test}
    if refund := delivery.refund:
        return arguments | {"refund": refund, "amount": refund.amount, "refundable": refund.refundable}
    return arguments | {"issue": delivery.issue} if delivery.issue_id else arguments


def _open_issues(payment: KhaltiPayment, *, is_deleted: bool) -> bool:
    """Issues that the site's receivers can't see, or may ignore. Returns whether there were any."""
    if is_deleted:
        open_issue(payment, KhaltiIssue.Kind.PAYABLE_DELETED)
    return flag_possible_duplicate(payment) or is_deleted
