"""E-mail the receipt to the payer, on request of a person or of the site's code."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser

from wagtail_khalti.models import KhaltiEvent, KhaltiPayment
from wagtail_khalti.receipts import mail_receipt


def send_receipt(payment: KhaltiPayment, *, by: AbstractBaseUser | None = None) -> KhaltiEvent:
    """To the address that the visitor gave, in their language. Receipts of test payments say that no money moved.

    Raises the subclasses of ``ReceiptNotSent``: ``NothingPaid``, ``NoEmailAddress``, ``SentRecently`` if one was sent
    in the last minute, or ``MailFailed``, which is in the timeline, too. Commits on its own, so it can't run inside a
    transaction.
    """
    return mail_receipt(payment, by=by)
