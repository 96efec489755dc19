"""Record a manual refund."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser

from wagtail_khalti.database.characters import require_storable
from wagtail_khalti.database.transactions import require_no_transaction, short_transaction
from wagtail_khalti.ledger import (
    lock_payment,
    log_refund,
    match_refunds_now,
    record_external_refund,
    require_amount,
    require_balance,
    require_permission_to_refund,
    require_refundable,
)
from wagtail_khalti.models import KhaltiPayment, KhaltiRefund
from wagtail_khalti.models.refund import Method, State
from wagtail_khalti.money import Paisa
from wagtail_khalti.outbox import deliver


def record_refund(
    payment: KhaltiPayment,
    amount: Paisa,
    *,
    method: Method,
    reason: str = "",
    by: AbstractBaseUser | None = None,
    refundable: Paisa | None = None,
) -> KhaltiRefund:
    """``amount`` paisa were refunded in cash, by bank transfer, or in Khalti's dashboard after an earlier refund.

    Nothing is sent to Khalti, and the status of the payment stays the one that Khalti reports. ``refundable`` is the
    balance that the caller displayed. Raises the exceptions that ``refund_payment`` raises before it sends anything.
    Commits on its own, so it can't run inside a transaction.
    """
    require_no_transaction("record_refund")
    require_permission_to_refund(by, payment)
    require_amount(amount)
    if Method(method) is Method.KHALTI:
        raise ValueError("Use refund_payment() for refunds through Khalti")
    refund = KhaltiRefund(payment=payment, state=State.EXTERNAL, method=method, reason=reason)
    refund.requested_by_id = by.pk if by else None
    require_storable(refund)
    match_refunds_now(payment)  # an abandoned refund must not block this one
    with short_transaction():
        lock_payment(payment)
        require_refundable(payment)
        payment.has_personal_data_again()
        record_external_refund(refund, require_balance(payment, amount, seen=refundable), by=by)
        log_refund(refund, "record_refund", by=by, method=method)
    deliver(payment)
    return refund
