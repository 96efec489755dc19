"""Ask Khalti what became of a payment."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser

from wagtail_khalti.database.transactions import require_no_transaction
from wagtail_khalti.ledger import log_action
from wagtail_khalti.lookups import apply_attempt, look_up
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.outbox import deliver


def check_payment(payment: KhaltiPayment, *, by: AbstractBaseUser | None = None) -> KhaltiPayment:
    """Look the payment up, apply what Khalti says, and tell the site's code.

    A payment that Khalti never heard of is left as it is. Raises ``GatewayError`` where nothing was learned,
    ``MerchantChanged`` where nobody can be asked, and ``PaymentBusy`` where others change the payment all the time; it
    then stands as before. Waits ``MAX_WAIT`` seconds of the settings at most: an answer that takes longer is
    ``AnswerDelayed``, and applied when it comes. Commits on its own, so it can't run inside a transaction.
    """
    require_no_transaction("check_payment")
    if payment.pidx:
        log_action(payment, "check", by=by)
        apply_attempt(payment, look_up(payment, by=by, after_late_answer=deliver), by=by)
    deliver(payment)
    return payment
