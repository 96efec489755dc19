"""Apply what came of asking Khalti: evidence, or silence."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser
from django.utils import timezone

from wagtail_khalti.database.transactions import short_transaction
from wagtail_khalti.exceptions import KeyRejected, KhaltiError, PidxNotFound
from wagtail_khalti.ledger import (
    apply_lookup,
    is_over,
    lock_payment,
    match_refunds,
    next_check_after_silence,
    open_issue,
)
from wagtail_khalti.lookups.attempt import LookupAttempt
from wagtail_khalti.models import KhaltiEvent, KhaltiIssue, KhaltiPayment


def apply_attempt(
    payment: KhaltiPayment, attempt: LookupAttempt, *, by: AbstractBaseUser | None = None
) -> KhaltiPayment:
    """Settle the payment, or remember the silence and raise its error."""
    if isinstance(attempt.outcome, KhaltiError):
        _remember_silence(payment, attempt.outcome, by=by)
        raise attempt.outcome
    return apply_lookup(payment, attempt.outcome, requested_at=attempt.requested_at, by=by)


def _remember_silence(payment: KhaltiPayment, error: KhaltiError, *, by: AbstractBaseUser | None) -> None:
    now = timezone.now()
    changes = {
        "checked_at": now,
        "next_check_at": next_check_after_silence(payment, now=now, at_least=getattr(error, "retry_after", None)),
        "leased_until": None,
    }
    data = {"request": "lookup", **error.as_data()}
    with short_transaction():
        # Who began a refund meanwhile has said when to ask next.
        KhaltiPayment.objects.filter(pk=payment.pk, refunding_since=payment.refunding_since).update(**changes)
        for name, value in changes.items():
            setattr(payment, name, value)
        KhaltiEvent.objects.add(KhaltiEvent.about(payment, KhaltiEvent.Kind.NO_ANSWER, by=by, data=data))
        _open_a_matter(payment, error)
        if payment.refunding_since:
            lock_payment(payment)
            match_refunds(payment)  # a person may have to be told


def _open_a_matter(payment: KhaltiPayment, error: KhaltiError) -> None:
    """Where asking again will not help."""
    if isinstance(error, PidxNotFound) and payment.is_waiting and is_over(payment, timezone.now()):
        open_issue(payment, KhaltiIssue.Kind.NOT_FOUND, {"pidx": payment.pidx})
    elif isinstance(error, KeyRejected):
        open_issue(payment, KhaltiIssue.Kind.KEY_REJECTED, merchant=payment.merchant)
