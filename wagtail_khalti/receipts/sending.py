"""E-mail the receipt to the payer."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.models import AbstractBaseUser
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone

from wagtail_khalti import mailing
from wagtail_khalti.database.transactions import require_no_transaction, short_transaction
from wagtail_khalti.exceptions import MailFailed, NoEmailAddress, NothingPaid, SentRecently
from wagtail_khalti.ledger import lock_payment, log_action
from wagtail_khalti.models import KhaltiEvent, KhaltiPayment
from wagtail_khalti.receipts.mail import write_receipt
from wagtail_khalti.receipts.originals import issue_original
from wagtail_khalti.text.email_addresses import is_address, masked_address

MIN_INTERVAL = timedelta(minutes=1)


def mail_receipt(payment: KhaltiPayment, *, by: AbstractBaseUser | None = None) -> KhaltiEvent:
    """To the address that the visitor gave, in their language. Receipts of test payments say that no money moved.

    The event is committed before the mail is sent, so that two clicks send one mail. Raises the subclasses of
    ``ReceiptNotSent``: ``NothingPaid``, ``NoEmailAddress``, ``SentRecently`` if one was sent in the last minute, or
    ``MailFailed``, which is in the timeline, too. Commits on its own, so it can't run inside a transaction.
    """
    require_no_transaction("send_receipt")
    if not payment.is_paid:
        raise NothingPaid(f"Payment {payment.reference} is {payment.status}")
    if not is_address(payment.customer_email):
        raise NoEmailAddress(f"Payment {payment.reference} has no e-mail address")
    mail = write_receipt(payment)
    mail.to = [payment.customer_email]

    event = _note(payment, by=by)
    _send(mail, event)
    return event


def _note(payment: KhaltiPayment, *, by: AbstractBaseUser | None) -> KhaltiEvent:
    """Of several calls at the same time, one succeeds."""
    data = {"to": masked_address(payment.customer_email)}
    event = KhaltiEvent.about(payment, KhaltiEvent.Kind.RECEIPT_SENT, by=by, data=data)
    with short_transaction():
        lock_payment(payment)
        if _was_sent_recently(payment):
            raise SentRecently(f"A receipt of payment {payment.reference} was sent in the last minute")
        event.save()
        log_action(payment, "send_receipt", by=by)
    return event


def _was_sent_recently(payment: KhaltiPayment) -> bool:
    now = timezone.now()
    sent = payment.events.filter(kind=KhaltiEvent.Kind.RECEIPT_SENT, at__gt=now - MIN_INTERVAL).order_by("pk")
    last = sent.last()
    return last is not None and "error" not in last.data  # after a failure it may be tried again at once


def _send(mail: EmailMultiAlternatives, event: KhaltiEvent) -> None:
    try:
        mailing.send(mail)
    except Exception as error:  # noqa: BLE001 - a mail backend may be anybody's, and raise whatever it likes
        kind = type(error).__name__  # without its message, which may contain the address
    else:
        issue_original(event.payment)
        return
    data = {**event.data, "error": kind, "instead_of": event.pk}
    KhaltiEvent.about(event.payment, KhaltiEvent.Kind.RECEIPT_SENT, by=event.user, data=data).save()
    raise MailFailed(f"The mail server did not accept the receipt of payment {event.payment.reference}: {kind}")
