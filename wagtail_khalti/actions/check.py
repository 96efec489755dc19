"""Check a payment with Khalti."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser

from wagtail_khalti.database.transactions import require_no_transaction
from wagtail_khalti.ledger import log_action
from wagtail_khalti.lookups import apply_attempt, look_up
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.outbox import deliver


def check_payment(payment: KhaltiPayment, *, by: AbstractBaseUser | None = None) -> KhaltiPayment:
    """Look the payment up, apply the response, and deliver pending events.

    A payment without a pidx is not looked up. Raises ``GatewayError`` if there is no usable response,
    ``MerchantChanged`` if the merchant is missing, and ``PaymentBusy`` if other processes keep changing the payment;
    it is unchanged then. Waits at most ``MAX_WAIT`` seconds of the settings: a slower response raises
    ``AnswerDelayed``, and is applied when it arrives. Commits on its own, so it can't run inside a transaction.
    """
    require_no_transaction("check_payment")
    if payment.pidx:
        log_action(payment, "check", by=by)
        apply_attempt(payment, look_up(payment, by=by, after_late_answer=deliver), by=by)
    deliver(payment)
    return payment
