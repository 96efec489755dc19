"""Say what became of a refund that is in doubt."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser

from wagtail_khalti.actions.audit import log_refund
from wagtail_khalti.actions.book import hold, move_refund
from wagtail_khalti.actions.deliver import deliver
from wagtail_khalti.actions.match import match_now, match_refunds
from wagtail_khalti.actions.outside import require_no_transaction
from wagtail_khalti.actions.permission import require_permission_to_refund
from wagtail_khalti.actions.refund_states import Word
from wagtail_khalti.exceptions import RefundIsDecided, RefundUndecided
from wagtail_khalti.models import KhaltiRefund
from wagtail_khalti.models.refund import State
from wagtail_khalti.models.transactions import short_transaction


def decide_refund(
    refund: KhaltiRefund, *, was_sent: bool, by: AbstractBaseUser | None = None, note: str = ""
) -> KhaltiRefund:
    """A person has looked in Khalti's dashboard, and says whether it was made. Nothing is sent, either way.

    Raises ``RefundIsDecided`` where it isn't in doubt any more, ``RefundUndecided`` where it is not yet, because it is
    just being sent, or ``PermissionDenied``. Commits on its own, so it can't run inside a transaction.
    """
    require_no_transaction("decide_refund")
    require_permission_to_refund(by, refund.payment)
    payment = refund.payment
    match_now(payment)  # also one whose process was killed is in doubt
    with short_transaction():
        hold(payment)
        refund.refresh_from_db()
        refund.payment = payment
        _require_doubt(refund)
        move_refund(refund, Word.SAID_SENT if was_sent else Word.SAID_NOT_SENT, by=by, note=note)
        log_refund(refund, "decide_refund", by=by, was_sent=was_sent)
        match_refunds(payment)
    deliver(payment)
    return refund


def _require_doubt(refund: KhaltiRefund) -> None:
    if not refund.is_undecided:
        raise RefundIsDecided(f"Refund {refund.reference} is {refund.state}")
    if refund.state != State.UNKNOWN:
        raise RefundUndecided(f"Refund {refund.reference} is {refund.state}, and somebody is at work on it")
