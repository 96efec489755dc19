"""Possible duplicates: the same customer paid twice for the same offer, without confirming that both are intended."""

from __future__ import annotations

from datetime import timedelta

from wagtail_khalti.ledger.issues import open_issue
from wagtail_khalti.models import KhaltiIssue, KhaltiPayment
from wagtail_khalti.models.status import Status

DUPLICATE_WITHIN = timedelta(hours=1)  # as long as a payment link is valid; later purchases are likely to be intended
POSSIBLE_DUPLICATE = KhaltiIssue.Kind.POSSIBLE_DUPLICATE


def flag_possible_duplicate(payment: KhaltiPayment) -> bool:
    """Open an issue about ``payment``, unless the other payment has one. Returns whether it did.

    Queries the database only for payments that the checkout marked. Call it after the payment was committed as paid:
    of two that are paid at the same moment, the later call then sees the other.
    """
    if not payment.may_be_duplicate or payment.is_repeat or payment.contact is None or payment.completed_at is None:
        return False
    around = (payment.completed_at - DUPLICATE_WITHIN, payment.completed_at + DUPLICATE_WITHIN)
    paid = KhaltiPayment.objects.for_same_offer(payment).filter(
        status__in=(Status.COMPLETED, Status.PARTIALLY_REFUNDED), completed_at__range=around
    )
    other = paid.filter(payment.contact).exclude(pk=payment.pk).order_by("-completed_at").first()
    if not other or other.is_repeat or other.issues.filter(kind=POSSIBLE_DUPLICATE).exists():
        return False
    open_issue(payment, POSSIBLE_DUPLICATE, {"earlier": other.readable_reference})
    return True
