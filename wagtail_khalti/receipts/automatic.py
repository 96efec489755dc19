"""The receipt that is sent when a payment completes, if the site's settings say so."""

from __future__ import annotations

from wagtail_khalti.models import KhaltiEvent, KhaltiPayment, KhaltiSettings
from wagtail_khalti.receipts.sending import mail_receipt


def wants_receipt(payment: KhaltiPayment) -> bool:
    """Without a query. Not for a late payment: a person decides whether the order can still be fulfilled."""
    return bool(payment.customer_email) and payment.is_paid and not payment.is_late and payment.duplicate_of_id is None


def send_automatic_receipt(payment: KhaltiPayment) -> None:
    """After the commit in which ``payment_completed`` was delivered, so at most once."""
    is_wanted = payment.site_id and KhaltiSettings.objects.filter(site=payment.site_id, sends_receipts=True).exists()
    if is_wanted and not payment.events.filter(kind=KhaltiEvent.Kind.RECEIPT_SENT).exists():
        mail_receipt(payment)
