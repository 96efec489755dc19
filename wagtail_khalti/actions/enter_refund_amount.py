"""Enter the amount of a refund that was made in Khalti's dashboard."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser

from wagtail_khalti.database.transactions import require_no_transaction, short_transaction
from wagtail_khalti.exceptions import AmountExceedsRefundable, RefundAlreadyResolved
from wagtail_khalti.ledger import (
    lock_payment,
    log_refund,
    record_external_refund,
    require_amount,
    require_permission_to_refund,
)
from wagtail_khalti.models import KhaltiPayment, KhaltiRefund
from wagtail_khalti.money import Paisa
from wagtail_khalti.outbox import deliver


def enter_refund_amount(
    refund: KhaltiRefund, amount: Paisa, *, by: AbstractBaseUser | None = None, note: str = ""
) -> KhaltiRefund:
    """``amount`` paisa, as shown in Khalti's dashboard; the API does not report it. It can't be changed afterwards.

    Raises ``TypeError``, ``AmountTooSmall``, ``AmountExceedsRefundable`` (also for the whole payment, which would have
    the status refunded), ``RefundAlreadyResolved`` if the amount is known, or ``PermissionDenied``. Commits on its own,
    so it can't run inside a transaction.
    """
    require_no_transaction("enter_refund_amount")
    require_permission_to_refund(by, refund.payment)
    require_amount(amount)
    payment = refund.payment
    with short_transaction():
        lock_payment(payment)
        refund.refresh_from_db()
        refund.payment = payment
        if not refund.lacks_amount:
            raise RefundAlreadyResolved(f"The amount of refund {refund.reference} is known")
        _require_partial(payment, amount)
        payment.has_personal_data_again()
        refund.requested_by_id = by.pk if by else None
        record_external_refund(refund, amount, by=by, note=note)
        log_refund(refund, "enter_refund_amount", by=by, amount=amount)
    deliver(payment)
    return refund


def _require_partial(payment: KhaltiPayment, amount: Paisa) -> None:
    """Less than the balance at Khalti, or its status would be refunded. Khalti doesn't know of refunds elsewhere."""
    at_khalti = sum(refund.amount or 0 for refund in payment.refunds.done() if refund.is_at_khalti)
    if amount >= payment.amount - at_khalti:
        raise AmountExceedsRefundable("Khalti reports a partial refund, which is less than the whole balance")
