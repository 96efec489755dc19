"""The amounts of a payment in rupees, in the user's language."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from wagtail_khalti.models import KhaltiPayment, KhaltiRefund
from wagtail_khalti.money import format_rupees


def rupees(paisa: int) -> str:
    return format_rupees(paisa, get_language())


def payment_figures(payment: KhaltiPayment, refunds: Iterable[KhaltiRefund]) -> dict[str, str]:
    """Zero amounts are empty. An unconfirmed refund is neither refunded nor refundable."""
    refunds = list(refunds)
    unconfirmed = sum(refund.amount or 0 for refund in refunds if refund.is_in_progress)
    figures = {
        "paid": rupees(payment.amount),
        "refund_summary": _or_empty(payment.refund_total - unconfirmed),
        "unconfirmed": _or_empty(unconfirmed),
        "refundable": rupees(payment.refundable),
    }
    if payment.is_paid and payment.fee is not None:
        figures |= {"fee": rupees(payment.fee), "net": rupees(payment.refundable - payment.fee)}
    if any(refund.is_in_progress or refund.lacks_amount for refund in refunds):
        figures["net"] = ""
    if any(refund.lacks_amount for refund in refunds):
        less = _("less than %(amount)s") % {"amount": rupees(payment.refundable)}
        figures |= {"refund_summary": _("not known yet"), "refundable": less}
    return figures


def _or_empty(paisa: int) -> str:
    return rupees(paisa) if paisa else ""
