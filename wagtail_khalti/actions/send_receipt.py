"""E-mail the receipt to who paid, because a person or the site's code says so."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser

from wagtail_khalti.models import KhaltiEvent, KhaltiPayment
from wagtail_khalti.receipts import mail_receipt


def send_receipt(payment: KhaltiPayment, *, by: AbstractBaseUser | None = None) -> KhaltiEvent:
    """To the address that the visitor gave, in their language. Test payments say that no money moved.

    Raises the kinds of ``ReceiptNotSent``: ``NothingPaid``, ``NoEmailAddress``, ``SentRecently`` where one went out in
    the last minute, or ``MailFailed`` where the mail server did not take it, which the timeline says, too. Commits on
    its own, so it can't run inside a transaction.
    """
    return mail_receipt(payment, by=by)
