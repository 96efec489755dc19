"""Whether, and how much, money can be given back. Read while the payment is held."""

from __future__ import annotations

from wagtail_khalti.exceptions import (
    AmountNotLeft,
    AmountTooSmall,
    MobileNeeded,
    NothingLeft,
    NotPaid,
    RefundsChanged,
    RefundUndecided,
    RefundWithoutAmount,
)
from wagtail_khalti.models import KhaltiEvent, KhaltiPayment, KhaltiRefund
from wagtail_khalti.models.characters import unkept
from wagtail_khalti.models.refund import LONGEST_KEY, LONGEST_REASON
from wagtail_khalti.models.status import Status
from wagtail_khalti.money import Paisa, format_rupees


def require_amount(amount: object) -> None:
    """Raises ``TypeError`` or ``AmountTooSmall``."""
    if isinstance(amount, bool) or not isinstance(amount, int):
        raise TypeError(f"An amount is an int of paisa, not {amount!r}")
    if amount < 1:
        raise AmountTooSmall(f"{amount} paisa can't be given back")


def require_room(refund: KhaltiRefund) -> None:
    """Raises ``ValueError``, before anything happened: for a text that is too long, or that can't be kept."""
    lengths = {"reason": LONGEST_REASON, "idempotency_key": LONGEST_KEY}
    for name, most in lengths.items():
        if len(getattr(refund, name) or "") > most:
            raise ValueError(f"{name} is too long, at most {most} characters fit")
        if rare := unkept(getattr(refund, name) or ""):
            raise ValueError(f"{name} has characters that the database can't keep: {rare}")


def needs_mobile(payment: KhaltiPayment) -> bool:
    """Whether Khalti has asked to which account a refund of it goes. Nothing tells that before a refund is tried."""
    not_made = payment.events.filter(kind=KhaltiEvent.Kind.REFUND_NOT_MADE)
    return not_made.filter(data__error=MobileNeeded.__name__).exists()


def require_refundable(payment: KhaltiPayment) -> None:
    """Raises ``NotPaid``, ``NothingLeft``, ``RefundUndecided`` or, where rows and sum differ, ``RefundsChanged``."""
    if not payment.is_paid:
        raise NotPaid(f"Payment {payment.reference} is {payment.status}")
    if payment.refunding_since or payment.refunds.undecided().exists():
        raise RefundUndecided(f"A refund of payment {payment.reference} is not decided yet")
    if payment.refunds.without_amount().exists():
        raise RefundWithoutAmount(f"Enter how much of payment {payment.reference} went back in Khalti's dashboard")
    if not payment.remaining or payment.status == Status.REFUNDED:
        raise NothingLeft(f"All of payment {payment.reference} went back")
    if payment.refund_total != payment.refunds.set_aside():
        raise RefundsChanged(f"The refunds of payment {payment.reference} differ from their sum; see khalti_doctor")


def require_left(payment: KhaltiPayment, amount: int | None, *, seen: int | None) -> Paisa:
    """How much it is. Raises ``RefundsChanged`` or ``AmountNotLeft``."""
    if seen is not None and seen != payment.remaining:
        raise RefundsChanged(f"{format_rupees(payment.remaining)} is left, {seen} paisa was seen")
    if amount is not None and amount > payment.remaining:
        raise AmountNotLeft(f"{format_rupees(payment.remaining)} is left, {amount} paisa was asked for")
    return Paisa(payment.remaining if amount is None else amount)
