"""Note a refund that was not made here."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser

from wagtail_khalti.actions.audit import log_refund
from wagtail_khalti.actions.book import book_made_elsewhere, hold
from wagtail_khalti.actions.deliver import deliver
from wagtail_khalti.actions.match import match_now
from wagtail_khalti.actions.outside import require_no_transaction
from wagtail_khalti.actions.permission import require_permission_to_refund
from wagtail_khalti.actions.refundable import require_amount, require_left, require_refundable, require_room
from wagtail_khalti.models import KhaltiPayment, KhaltiRefund
from wagtail_khalti.models.refund import State, Way
from wagtail_khalti.models.transactions import short_transaction
from wagtail_khalti.money import Paisa


def record_refund(
    payment: KhaltiPayment,
    amount: Paisa,
    *,
    way: Way,
    reason: str = "",
    by: AbstractBaseUser | None = None,
    remaining: Paisa | None = None,
) -> KhaltiRefund:
    """``amount`` paisa went back in cash, by bank transfer, or in Khalti's dashboard after an earlier refund.

    Khalti isn't asked for anything, and the status of the payment stays what Khalti says it is. ``remaining`` is what
    the caller saw as left. Raises as ``refund_payment`` does before it asks Khalti. Commits on its own, so it can't
    run inside a transaction.
    """
    require_no_transaction("record_refund")
    require_permission_to_refund(by, payment)
    require_amount(amount)
    if Way(way) is Way.KHALTI:
        raise ValueError("What goes back through Khalti is made with refund_payment()")
    refund = KhaltiRefund(payment=payment, state=State.EXTERNAL, way=way, reason=reason)
    refund.requested_by_id = by.pk if by else None
    require_room(refund)
    match_now(payment)  # one that nobody sends any more stands in nobody's way
    with short_transaction():
        hold(payment)
        require_refundable(payment)
        book_made_elsewhere(refund, require_left(payment, amount, seen=remaining), by=by)
        log_refund(refund, "record_refund", by=by, way=way)
    deliver(payment)
    return refund
