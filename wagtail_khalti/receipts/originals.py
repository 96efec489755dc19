"""The original of a receipt, and where it was e-mailed."""

from __future__ import annotations

from django.utils import timezone

from wagtail_khalti.models import KhaltiEvent, KhaltiPayment

MAX_EVENTS = 10  # the newest; a receipt is seldom sent more than twice


def issue_original(payment: KhaltiPayment) -> bool:
    """Whether this one is the original: the first that was e-mailed or downloaded. Of several at once, one is.

    A browser doesn't say that it prints a page, so a printed page counts for nothing.
    """
    now = timezone.now()
    if payment.receipt_issued_at or not KhaltiPayment.objects.filter(pk=payment.pk, receipt_issued_at=None).update(
        receipt_issued_at=now
    ):
        return False
    payment.receipt_issued_at = now
    return True


def mailed_to(payment: KhaltiPayment) -> str:
    """The masked address that the receipt was last e-mailed to; empty if it was not, or the mail server refused it.

    One query, and none without an address.
    """
    if not payment.is_paid or not payment.customer_email:
        return ""
    sent = payment.events.filter(kind=KhaltiEvent.Kind.RECEIPT_SENT).order_by("-pk").values_list("pk", "data")
    refused: set[int] = set()
    for pk, data in sent[:MAX_EVENTS]:
        if "error" in data:
            refused.add(data.get("instead_of"))
        elif pk not in refused:
            return str(data.get("to", ""))
    return ""
