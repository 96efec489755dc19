"""Refund a payment through Khalti, at most once."""

from __future__ import annotations

import logging
from typing import cast

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError
from django.utils import timezone

from wagtail_khalti.database.characters import require_storable
from wagtail_khalti.database.transactions import require_no_transaction, short_transaction
from wagtail_khalti.exceptions import (
    ConnectionNeverMade,
    GatewayError,
    GatewayRejected,
    IdempotencyConflict,
    KhaltiError,
    NotPaid,
    NotRefundable,
    RefundsChanged,
    RequestRejected,
)
from wagtail_khalti.gateway import Lookup, RefundRequest, connect
from wagtail_khalti.ledger import (
    ABANDONED_AFTER,
    RefundTrigger,
    about,
    lock_payment,
    log_refund,
    match_refunds,
    match_refunds_now,
    move_refund,
    require_amount,
    require_balance,
    require_permission_to_refund,
    require_refundable,
    reserve,
    transition_for,
)
from wagtail_khalti.lookups import LookupAttempt, apply_attempt, look_up, merchant_of
from wagtail_khalti.models import KhaltiEvent, KhaltiPayment, KhaltiRefund
from wagtail_khalti.models.status import Status
from wagtail_khalti.money import Paisa
from wagtail_khalti.outbox import deliver
from wagtail_khalti.text.phone import MOBILE_DIGITS

logger = logging.getLogger(__name__)


def refund_payment(
    payment: KhaltiPayment,
    amount: Paisa | None = None,
    *,
    mobile: str | None = None,
    reason: str = "",
    by: AbstractBaseUser | None = None,
    refundable: Paisa | None = None,
    idempotency_key: str | None = None,
    request_digest: str = "",
) -> KhaltiRefund:
    """Refund ``amount`` paisa, or the whole refundable balance.

    Check ``state`` of the returned refund: ``succeeded``, or ``unconfirmed`` if Khalti's response was lost. Then the
    refund may have been made; the payment is looked up, but the refund is never sent again, and until its outcome is
    known no other refund of the payment is possible. A repeated key can return a refund in any state.

    ``mobile`` is the Khalti account to refund to (10 digits), needed for payments through a bank. ``by`` is the person,
    who must have the permission; without one, no permission is checked. ``refundable`` is the balance that the caller
    displayed: if it has changed, nothing is refunded. The same ``idempotency_key`` returns the same refund, in any
    state, also one that Khalti rejected; if nothing was sent to Khalti, a new refund is made. ``request_digest``
    identifies what was requested with that key: with another one, the key is a conflict.

    Raises ``TypeError`` or ``AmountTooSmall`` for an invalid amount, ``ValueError`` for an invalid mobile number or too
    long a reason, ``PermissionDenied``, ``MerchantChanged``, ``IdempotencyConflict`` and the subclasses of
    ``NotRefundable``. Raises ``RequestRejected`` with Khalti's messages (``MobileNeeded`` if it requires ``mobile``),
    or another ``GatewayError``, if certainly nothing was refunded; the refund is ``failed`` then. Commits on its own,
    so it can't run inside a transaction.
    """
    require_no_transaction("refund_payment")
    require_permission_to_refund(by, payment)
    if amount is not None:
        require_amount(amount)
    _require_mobile(mobile)
    merchant_of(payment)
    refund = KhaltiRefund(
        payment=payment,
        amount=amount,
        mobile=mobile or "",
        reason=reason,
        requested_by_id=by.pk if by else None,
        idempotency_key=idempotency_key or None,
        request_digest=request_digest,
    )
    require_storable(refund)

    earlier = _reserve(refund, refundable=refundable, by=by)
    if earlier:
        return earlier
    try:
        _check_before_sending(refund, by=by)
        _send(refund)
    finally:
        deliver(payment)
    return refund


def _require_mobile(mobile: str | None) -> None:
    if mobile and not (len(mobile) == MOBILE_DIGITS and mobile.isascii() and mobile.isdecimal()):
        raise ValueError(f"A mobile number has {MOBILE_DIGITS} digits")


def _reserve(refund: KhaltiRefund, *, refundable: Paisa | None, by: AbstractBaseUser | None) -> KhaltiRefund | None:
    """Save the refund and reserve its amount. Returns the earlier refund with the same key, if any."""
    payment, wanted = refund.payment, refund.amount
    match_refunds_now(payment)  # an abandoned refund must not block this one
    try:
        with short_transaction():
            lock_payment(payment)
            if earlier := _earlier(refund):
                return earlier
            require_refundable(payment)
            refund.amount = require_balance(payment, wanted, seen=refundable)
            payment.has_personal_data_again()
            refund.save(force_insert=True)
            now = timezone.now()
            # The payment is looked up also if this process is killed here.
            reserve(payment, refund.amount, refunding_since=now, next_check_at=now + ABANDONED_AFTER)
            data = about(refund) | {"reason": refund.reason}
            KhaltiEvent.about(payment, KhaltiEvent.Kind.REFUND_REQUESTED, by=by, data=data).save()
            log_refund(refund, "refund", by=by)
    except IntegrityError as error:
        if refund.idempotency_key and KhaltiRefund.objects.filter(idempotency_key=refund.idempotency_key).exists():
            raise IdempotencyConflict("The key was used for a refund of another payment") from error
        raise
    return None


def _earlier(refund: KhaltiRefund) -> KhaltiRefund | None:
    """The earlier refund with this key, if it has the same arguments."""
    key = refund.idempotency_key
    same = list(refund.payment.refunds.filter(idempotency_key=key)) if key else []
    earlier = next((other for other in same if other.idempotency_key == key), None)  # MariaDB takes "a" for "A"
    if earlier and (
        refund.amount not in (None, earlier.amount)
        or refund.mobile != earlier.mobile
        or refund.request_digest != earlier.request_digest
    ):
        raise IdempotencyConflict("The key was used for another refund")
    if earlier:
        earlier.payment = refund.payment
    return earlier


def _check_before_sending(refund: KhaltiRefund, *, by: AbstractBaseUser | None) -> None:
    """Somebody may have refunded it in Khalti's dashboard, and Khalti must be available."""
    payment, before = refund.payment, refund.payment.status
    try:
        attempt = look_up(payment, by=by, after_late_answer=deliver)
        apply_attempt(payment, attempt, by=by)
        _require_unchanged(payment, before, attempt)
        if not payment.transaction_id:
            raise NotPaid(f"Khalti gave no transaction id for payment {payment.reference}")
    except KhaltiError as error:
        _apply(refund, RefundTrigger.REJECTED, error=error)
        raise


def _require_unchanged(payment: KhaltiPayment, before: str, attempt: LookupAttempt) -> None:
    """Also by the response itself: if a later lookup was faster, this response was not applied."""
    answer = cast("Lookup", attempt.outcome)
    transition = transition_for(payment, answer)
    if payment.status != before or isinstance(transition, Status):
        raise RefundsChanged(f"The payment is {payment.status}, Khalti reports {answer.status}; it was {before}")
    if transition or not (payment.confirmed_at and payment.confirmed_at >= attempt.requested_at):
        raise NotRefundable("Khalti's response contradicts the payment")


def _send(refund: KhaltiRefund) -> None:
    """At most once for each refund."""
    if not _apply(refund, RefundTrigger.SENT, only_if=refund.payment.status):
        _apply(refund, RefundTrigger.REJECTED)
        raise RefundsChanged("The payment changed in the meantime, or the refund took too long to start")
    payment = refund.payment
    is_whole = refund.amount == payment.amount
    request = RefundRequest(
        transaction_id=payment.transaction_id,
        amount=None if is_whole else Paisa(refund.amount or 0),
        mobile=refund.mobile,
    )
    try:
        answer = connect(merchant_of(payment)).refund(request)
    except (GatewayRejected, ConnectionNeverMade) as error:
        _apply(refund, RefundTrigger.REJECTED, error=error)
        raise
    except GatewayError as error:
        _apply(refund, RefundTrigger.LOST, error=error)
    else:
        _apply(refund, RefundTrigger.ACCEPTED, answer=answer)
    _confirm(refund)


def _apply(
    refund: KhaltiRefund,
    trigger: RefundTrigger,
    *,
    answer: str = "",
    error: KhaltiError | None = None,
    only_if: str | None = None,
) -> bool:
    """``only_if``: only if the payment still has this status."""
    with short_transaction():
        lock_payment(refund.payment)
        if only_if not in (None, refund.payment.status):
            return False
        refund.refresh_from_db(fields=["state", "answer", "is_accepted", "sent_at", "resolved_at", "refundable"])
        has_moved = move_refund(refund, trigger, answer=answer or _message(error), error=error)
        match_refunds(refund.payment)  # a lookup may have arrived before
    return has_moved


def _confirm(refund: KhaltiRefund) -> None:
    """Look the payment up; if that fails, reconcile does it later."""
    payment = refund.payment
    try:
        apply_attempt(payment, look_up(payment, after_late_answer=deliver))
    except KhaltiError as error:
        logger.warning("Refund %s could not be confirmed yet: %s", refund.reference, error)
    refund.refresh_from_db()
    refund.payment = payment
    if refund.is_unconfirmed:
        logger.warning("The outcome of refund %s is not known yet", refund.reference)


def _message(error: KhaltiError | None) -> str:
    """Khalti's message, if there is one."""
    return (error.fields.get("detail") or str(error)) if isinstance(error, RequestRejected) else ""
