"""Whether, and how much, money can be given back. Read while the payment is held."""

from __future__ import annotations

from wagtail_khalti.exceptions import (
    AmountExceedsRefundable,
    AmountTooSmall,
    FullyRefunded,
    MobileNeeded,
    NotPaid,
    RefundAmountMissing,
    RefundInProgress,
    RefundsChanged,
)
from wagtail_khalti.models import KhaltiEvent, KhaltiPayment
from wagtail_khalti.models.status import Status
from wagtail_khalti.money import Paisa, format_rupees, require_paisa


def require_amount(amount: object) -> None:
    """Raises ``TypeError`` or ``AmountTooSmall``."""
    if require_paisa(amount, "An amount") < 1:
        raise AmountTooSmall(f"{amount} paisa can't be given back")


def needs_mobile(payment: KhaltiPayment) -> bool:
    """Whether Khalti has asked to which account a refund of it goes. Nothing tells that before a refund is tried."""
    not_made = payment.events.filter(kind=KhaltiEvent.Kind.REFUND_FAILED)
    return not_made.filter(data__error=MobileNeeded.__name__).exists()


def require_refundable(payment: KhaltiPayment) -> None:
    """Raises ``NotPaid``, ``FullyRefunded``, ``RefundInProgress`` or, where rows and sum differ, ``RefundsChanged``."""
    if not payment.is_paid:
        raise NotPaid(f"Payment {payment.reference} is {payment.status}")
    if payment.refunding_since or payment.refunds.in_progress().exists():
        raise RefundInProgress(f"A refund of payment {payment.reference} is not decided yet")
    if payment.refunds.without_amount().exists():
        raise RefundAmountMissing(f"Enter how much of payment {payment.reference} went back in Khalti's dashboard")
    if not payment.refundable or payment.status == Status.REFUNDED:
        raise FullyRefunded(f"All of payment {payment.reference} went back")
    if payment.refund_total != payment.refunds.reserve():
        raise RefundsChanged(f"The refunds of payment {payment.reference} differ from their sum; see khalti_doctor")


def require_balance(payment: KhaltiPayment, amount: int | None, *, seen: int | None) -> Paisa:
    """How much it is. Raises ``RefundsChanged`` or ``AmountExceedsRefundable``."""
    if seen is not None and seen != payment.refundable:
        raise RefundsChanged(f"{format_rupees(payment.refundable)} is left, {seen} paisa was seen")
    if amount is not None and amount > payment.refundable:
        raise AmountExceedsRefundable(f"{format_rupees(payment.refundable)} is left, {amount} paisa was asked for")
    return Paisa(payment.refundable if amount is None else amount)
