"""The mail that notifies a customer of a refund, retried until the mail server accepts it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta

from django.db import OperationalError
from django.utils import timezone

from wagtail_khalti import mailing
from wagtail_khalti.database.transactions import for_one_statement, short_transaction
from wagtail_khalti.models import KhaltiEvent, KhaltiPayment, KhaltiRefund
from wagtail_khalti.receipts.mail import write_refund_notice
from wagtail_khalti.text.email_addresses import masked_address

logger = logging.getLogger(__name__)

FIRST_PAUSE, MAX_PAUSE = timedelta(minutes=1), timedelta(hours=6)
MAX_IN_A_RUN = 100
GIVE_UP_AFTER = timedelta(days=3)  # since the refund; then the payment's timeline says so


def send_refund_notices(payment: KhaltiPayment) -> bool:
    """Send the due notices of this payment, up to one that fails. Returns whether all were accepted."""
    try:
        due = list(payment.refunds.filter(notice_due_at__lte=timezone.now()).order_by("pk"))
        return all(_send(refund) for refund in due if _lease_attempt(refund))
    except OperationalError:  # a busy database: the next run sends it
        logger.exception("Refund notices of payment %s could not be sent", payment.reference)
        return False


def payments_with_due_notices() -> Iterator[KhaltiPayment]:
    """The longest overdue first."""
    due = KhaltiRefund.objects.filter(notice_due_at__lte=timezone.now()).select_related("payment")
    yield from (refund.payment for refund in due.order_by("notice_due_at", "pk")[:MAX_IN_A_RUN])


def _lease_attempt(refund: KhaltiRefund) -> bool:
    """Whether this attempt is ours. Committed, with the time of the next one, before the mail is sent."""
    now = timezone.now()
    pause = min(max(now - (refund.resolved_at or now), FIRST_PAUSE), MAX_PAUSE)
    as_read = KhaltiRefund.objects.filter(pk=refund.pk, notice_due_at=refund.notice_due_at)
    with for_one_statement():
        leased = as_read.update(notice_due_at=now + pause)
    refund.notice_due_at = now + pause
    return bool(leased)


def _send(refund: KhaltiRefund) -> bool:
    payment = refund.payment
    mail = write_refund_notice(refund)
    mail.to = [payment.customer_email]
    try:
        mailing.send(mail)
    except Exception as error:  # noqa: BLE001 - a mail backend may be anybody's, and raise whatever it likes
        _note_failure(refund, type(error).__name__)  # without its message, which may contain the address
        return False
    with short_transaction():
        _end_attempts(refund)
        _note(refund)
    return True


def _note_failure(refund: KhaltiRefund, error: str) -> None:
    """In the timeline for the first failure, and again for the last attempt."""
    logger.warning("The mail server did not accept the notice of refund %s: %s", refund.reference, error)
    is_last = timezone.now() - (refund.resolved_at or timezone.now()) >= GIVE_UP_AFTER
    events = refund.payment.events.filter(kind=KhaltiEvent.Kind.REFUND_NOTICE_SENT)
    is_noted = any(data.get("refund") == refund.reference for data in events.values_list("data", flat=True))
    with short_transaction():
        if is_last:
            _end_attempts(refund)
        if is_last or not is_noted:
            _note(refund, error=error)


def _end_attempts(refund: KhaltiRefund) -> None:
    """No more attempts."""
    KhaltiRefund.objects.filter(pk=refund.pk, notice_due_at=refund.notice_due_at).update(notice_due_at=None)


def _note(refund: KhaltiRefund, **details: str) -> None:
    data = {"to": masked_address(refund.payment.customer_email), "refund": refund.reference, **details}
    KhaltiEvent.about(refund.payment, KhaltiEvent.Kind.REFUND_NOTICE_SENT, data=data).save()
