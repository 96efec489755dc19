"""Lock a payment, so that its refunds change one after another."""

from __future__ import annotations

from typing import Any

from django.db.models import F

from wagtail_khalti.models import KhaltiPayment


def lock_payment(payment: KhaltiPayment) -> None:
    """Until the end of the transaction. ``payment`` is read again."""
    lock_row(payment.pk)
    payment.refresh_from_db()


def lock_row(pk: int) -> None:
    """Without reading it. An UPDATE, since SQLite locks no rows and refuses a write that follows a read."""
    KhaltiPayment.objects.filter(pk=pk).update(refund_total=F("refund_total"))


def reserve(payment: KhaltiPayment, amount: int, **changes: Any) -> None:
    """Reduce the refundable balance by ``amount`` paisa, or release a negative amount. ``payment`` is read again."""
    KhaltiPayment.objects.filter(pk=payment.pk).update(refund_total=F("refund_total") + amount, **changes)
    payment.refresh_from_db()
