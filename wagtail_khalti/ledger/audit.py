"""Record what people do in Wagtail's audit log."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from wagtail.log_actions import log

from wagtail_khalti.models import KhaltiPayment, KhaltiRefund


def log_action(payment: KhaltiPayment, action: str, *, by: AbstractBaseUser | None, **data: Any) -> None:
    """In the transaction of the action. What code does without a person is only in the payment's timeline."""
    if by is not None:
        log(instance=payment, action=f"wagtail_khalti.{action}", user=by, data=data)


def log_refund(refund: KhaltiRefund, action: str, *, by: AbstractBaseUser | None, **data: Any) -> None:
    """Likewise, with the refund's reference and amount."""
    log_action(refund.payment, action, by=by, **{"refund": refund.reference, "amount": refund.amount, **data})
