"""Ask Khalti what became of a payment."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser
from django.utils import timezone

from wagtail_khalti.actions.account import merchant_of
from wagtail_khalti.actions.deliver import deliver
from wagtail_khalti.actions.outside import require_no_transaction
from wagtail_khalti.actions.settle import settle
from wagtail_khalti.exceptions import GatewayError
from wagtail_khalti.gateway import connect
from wagtail_khalti.models import KhaltiEvent, KhaltiPayment


def check_payment(payment: KhaltiPayment, *, by: AbstractBaseUser | None = None) -> KhaltiPayment:
    """Look the payment up, apply what Khalti says, and tell the site's code.

    A payment that Khalti never heard of is left as it is. Raises ``GatewayError`` where nothing was learned, and
    ``MerchantChanged`` where nobody can be asked; the payment then stands as before. Commits on its own, so it
    can't run inside a transaction.
    """
    require_no_transaction("check_payment")
    if not payment.pidx:
        return deliver(payment)
    merchant = merchant_of(payment)

    asked_at = timezone.now()
    try:
        answer = connect(merchant).lookup(payment.pidx)
    except GatewayError as error:
        _remember_silence(payment, error, by=by)
        raise

    settle(payment, answer, asked_at=asked_at, by=by)
    return deliver(payment)


def _remember_silence(payment: KhaltiPayment, error: GatewayError, *, by: AbstractBaseUser | None) -> None:
    data = {"request": "lookup", "error": type(error).__name__, "reason": str(error)[:200]}
    KhaltiEvent.about(payment, KhaltiEvent.Kind.NO_ANSWER, by=by, data=data).save()
    payment.checked_at = timezone.now()
    payment.save(update_fields=["checked_at"])
