"""Say what became of a refund that is in doubt."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser

from wagtail_khalti.database.transactions import require_no_transaction, short_transaction
from wagtail_khalti.exceptions import RefundAlreadyResolved, RefundInProgress
from wagtail_khalti.ledger import (
    RefundTrigger,
    lock_payment,
    log_refund,
    match_refunds,
    match_refunds_now,
    move_refund,
    require_permission_to_refund,
)
from wagtail_khalti.models import KhaltiRefund
from wagtail_khalti.outbox import deliver


def resolve_refund(
    refund: KhaltiRefund, *, was_sent: bool, by: AbstractBaseUser | None = None, note: str = ""
) -> KhaltiRefund:
    """A person has looked in Khalti's dashboard, and says whether it was made. Nothing is sent, either way.

    Raises ``RefundAlreadyResolved`` where it isn't in doubt any more, ``RefundInProgress`` where it is not yet, because
    it is just being sent, or ``PermissionDenied``. Commits on its own, so it can't run inside a transaction.
    """
    require_no_transaction("resolve_refund")
    require_permission_to_refund(by, refund.payment)
    payment = refund.payment
    match_refunds_now(payment)  # also one whose process was killed is in doubt
    with short_transaction():
        lock_payment(payment)
        refund.refresh_from_db()
        refund.payment = payment
        _require_doubt(refund)
        move_refund(
            refund, RefundTrigger.FOUND_BY_PERSON if was_sent else RefundTrigger.NOT_FOUND_BY_PERSON, by=by, note=note
        )
        log_refund(refund, "resolve_refund", by=by, was_sent=was_sent)
        match_refunds(payment)
    deliver(payment)
    return refund


def _require_doubt(refund: KhaltiRefund) -> None:
    if not refund.is_in_progress:
        raise RefundAlreadyResolved(f"Refund {refund.reference} is {refund.state}")
    if not refund.is_unconfirmed:
        raise RefundInProgress(f"Refund {refund.reference} is {refund.state}, and somebody is at work on it")
