"""What people did, also in Wagtail's own log."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from wagtail.log_actions import log

from wagtail_khalti.models import KhaltiPayment, KhaltiRefund


def log_action(payment: KhaltiPayment, action: str, *, by: AbstractBaseUser | None, **data: Any) -> None:
    """In the transaction of the deed. What code does by itself is in the payment's history only."""
    if by is not None:
        log(instance=payment, action=f"wagtail_khalti.{action}", user=by, data=data)


def log_refund(refund: KhaltiRefund, action: str, *, by: AbstractBaseUser | None, **data: Any) -> None:
    """Likewise, with which refund it was and how much."""
    log_action(refund.payment, action, by=by, **{"refund": refund.reference, "amount": refund.amount, **data})
