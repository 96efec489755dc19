"""The mail that tells a customer of a refund: owed once it is made, and tried until the mail server takes it."""

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
GIVE_UP_AFTER = timedelta(days=3)  # since the refund; then the payment's history says so


def send_refund_notices(payment: KhaltiPayment) -> bool:
    """Those of this payment that are due, up to one that the mail server does not take. Whether it took all of them."""
    try:
        due = list(payment.refunds.filter(notice_due_at__lte=timezone.now()).order_by("pk"))
        return all(_send(refund) for refund in due if _claim(refund))
    except OperationalError:  # a busy database: its next turn comes
        logger.exception("Refund notices of payment %s could not be sent", payment.reference)
        return False


def payments_with_due_notices() -> Iterator[KhaltiPayment]:
    """The longest overdue first."""
    due = KhaltiRefund.objects.filter(notice_due_at__lte=timezone.now()).select_related("payment")
    yield from (refund.payment for refund in due.order_by("notice_due_at", "pk")[:MAX_IN_A_RUN])


def _claim(refund: KhaltiRefund) -> bool:
    """Whether this try is ours. Committed before the mail server is asked, with the time of the next one."""
    now = timezone.now()
    pause = min(max(now - (refund.resolved_at or now), FIRST_PAUSE), MAX_PAUSE)
    as_read = KhaltiRefund.objects.filter(pk=refund.pk, notice_due_at=refund.notice_due_at)
    with for_one_statement():
        claimed = as_read.update(notice_due_at=now + pause)
    refund.notice_due_at = now + pause
    return bool(claimed)


def _send(refund: KhaltiRefund) -> bool:
    payment = refund.payment
    mail = write_refund_notice(refund)
    mail.to = [payment.customer_email]
    try:
        mailing.send(mail)
    except Exception as error:  # noqa: BLE001 - a mail backend may be anybody's, and raise whatever it likes
        _note_failure(refund, type(error).__name__)  # and not its words, which may name the address
        return False
    with short_transaction():
        _settle(refund)
        _note(refund)
    return True


def _note_failure(refund: KhaltiRefund, error: str) -> None:
    """In the history once, and once more where that was the last try."""
    logger.warning("The mail server did not take the notice of refund %s: %s", refund.reference, error)
    is_last = timezone.now() - (refund.resolved_at or timezone.now()) >= GIVE_UP_AFTER
    events = refund.payment.events.filter(kind=KhaltiEvent.Kind.REFUND_NOTICE_SENT)
    is_noted = any(data.get("refund") == refund.reference for data in events.values_list("data", flat=True))
    with short_transaction():
        if is_last:
            _settle(refund)
        if is_last or not is_noted:
            _note(refund, error=error)


def _settle(refund: KhaltiRefund) -> None:
    """No more tries."""
    KhaltiRefund.objects.filter(pk=refund.pk, notice_due_at=refund.notice_due_at).update(notice_due_at=None)


def _note(refund: KhaltiRefund, **said: str) -> None:
    data = {"to": masked_address(refund.payment.customer_email), "refund": refund.reference, **said}
    KhaltiEvent.about(refund.payment, KhaltiEvent.Kind.REFUND_NOTICE_SENT, data=data).save()
