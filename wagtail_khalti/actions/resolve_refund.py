"""Resolve an unconfirmed refund."""

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
    refund: KhaltiRefund, *, was_found: bool, by: AbstractBaseUser | None = None, note: str = ""
) -> KhaltiRefund:
    """``was_found``: whether a person found it in Khalti's dashboard. Nothing is sent to Khalti.

    Raises ``RefundAlreadyResolved`` if its outcome is known, ``RefundInProgress`` if it is still being sent, or
    ``PermissionDenied``. Commits on its own, so it can't run inside a transaction.
    """
    require_no_transaction("resolve_refund")
    require_permission_to_refund(by, refund.payment)
    payment = refund.payment
    match_refunds_now(payment)  # an abandoned one becomes unconfirmed
    with short_transaction():
        lock_payment(payment)
        refund.refresh_from_db()
        refund.payment = payment
        _require_unconfirmed(refund)
        move_refund(
            refund, RefundTrigger.FOUND_BY_PERSON if was_found else RefundTrigger.NOT_FOUND_BY_PERSON, by=by, note=note
        )
        log_refund(refund, "resolve_refund", by=by, was_found=was_found)
        match_refunds(payment)
    deliver(payment)
    return refund


def _require_unconfirmed(refund: KhaltiRefund) -> None:
    if not refund.is_in_progress:
        raise RefundAlreadyResolved(f"Refund {refund.reference} is {refund.state}")
    if not refund.is_unconfirmed:
        raise RefundInProgress(f"Refund {refund.reference} is {refund.state}, and still being processed")
