"""What people did, also in Wagtail's own log."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from wagtail.log_actions import log

from wagtail_khalti.models import KhaltiRefund


def log_refund(refund: KhaltiRefund, action: str, *, by: AbstractBaseUser | None, **data: Any) -> None:
    """In the transaction of the deed. What code does by itself is in the payment's history only."""
    if by is not None:
        data = {"refund": refund.reference, "amount": refund.amount, **data}
        log(instance=refund.payment, action=f"wagtail_khalti.{action}", user=by, data=data)
