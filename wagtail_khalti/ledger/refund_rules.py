"""Whether a payment can be refunded, and how much of it. Call these while the payment is locked."""

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
        raise AmountTooSmall(f"{amount} paisa can't be refunded")


def needs_mobile(payment: KhaltiPayment) -> bool:
    """Whether Khalti requires a mobile number for its refund, which is only known after a first attempt."""
    failed = payment.events.filter(kind=KhaltiEvent.Kind.REFUND_FAILED)
    return failed.filter(data__error=MobileNeeded.__name__).exists()


def require_refundable(payment: KhaltiPayment) -> None:
    """Raises ``NotPaid``, ``FullyRefunded``, ``RefundInProgress`` or, if rows and sum differ, ``RefundsChanged``."""
    if not payment.is_paid:
        raise NotPaid(f"Payment {payment.reference} is {payment.status}")
    if payment.refunding_since or payment.refunds.in_progress().exists():
        raise RefundInProgress(f"A refund of payment {payment.reference} is in progress")
    if payment.refunds.without_amount().exists():
        raise RefundAmountMissing(
            f"Enter the amount of payment {payment.reference} that was refunded in Khalti's dashboard"
        )
    if not payment.refundable or payment.status == Status.REFUNDED:
        raise FullyRefunded(f"Payment {payment.reference} is fully refunded")
    if payment.refund_total != payment.refunds.reserved_total():
        raise RefundsChanged(f"The refunds of payment {payment.reference} differ from their sum; see khalti_doctor")


def require_balance(payment: KhaltiPayment, amount: int | None, *, seen: int | None) -> Paisa:
    """The amount to refund. Raises ``RefundsChanged`` or ``AmountExceedsRefundable``."""
    if seen is not None and seen != payment.refundable:
        raise RefundsChanged(f"{format_rupees(payment.refundable)} is refundable, {seen} paisa was displayed")
    if amount is not None and amount > payment.refundable:
        raise AmountExceedsRefundable(
            f"{format_rupees(payment.refundable)} is refundable, {amount} paisa was requested"
        )
    return Paisa(payment.refundable if amount is None else amount)
