"""Ask Khalti what became of a payment."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser

from wagtail_khalti.actions.audit import log_deed
from wagtail_khalti.actions.deliver import deliver
from wagtail_khalti.actions.learn import learn
from wagtail_khalti.actions.look_up import look_up
from wagtail_khalti.actions.outside import require_no_transaction
from wagtail_khalti.models import KhaltiPayment


def check_payment(payment: KhaltiPayment, *, by: AbstractBaseUser | None = None) -> KhaltiPayment:
    """Look the payment up, apply what Khalti says, and tell the site's code.

    A payment that Khalti never heard of is left as it is. Raises ``GatewayError`` where nothing was learned,
    ``MerchantChanged`` where nobody can be asked, and ``PaymentBusy`` where others change the payment all the time; it
    then stands as before. Waits ``MAX_WAIT`` seconds of the settings at most: an answer that takes longer is
    ``AnswerDelayed``, and applied when it comes. Commits on its own, so it can't run inside a transaction.
    """
    require_no_transaction("check_payment")
    if payment.pidx:
        log_deed(payment, "check", by=by)
        learn(payment, look_up(payment, by=by), by=by)
    deliver(payment)
    return payment
