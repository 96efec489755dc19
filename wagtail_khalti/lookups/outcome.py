"""Apply the outcome of a lookup: its response, or its error."""

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
    """Apply the response, or record the error and raise it."""
    if isinstance(attempt.outcome, KhaltiError):
        _record_error(payment, attempt.outcome, by=by)
        raise attempt.outcome
    return apply_lookup(payment, attempt.outcome, requested_at=attempt.requested_at, by=by)


def _record_error(payment: KhaltiPayment, error: KhaltiError, *, by: AbstractBaseUser | None) -> None:
    now = timezone.now()
    changes = {
        "checked_at": now,
        "next_check_at": next_check_after_silence(payment, now=now, at_least=getattr(error, "retry_after", None)),
        "leased_until": None,
    }
    data = {"request": "lookup", **error.as_data()}
    with short_transaction():
        # A refund that has started meanwhile has set the next check.
        KhaltiPayment.objects.filter(pk=payment.pk, refunding_since=payment.refunding_since).update(**changes)
        for name, value in changes.items():
            setattr(payment, name, value)
        KhaltiEvent.objects.add(KhaltiEvent.about(payment, KhaltiEvent.Kind.NO_ANSWER, by=by, data=data))
        _open_issue(payment, error)
        if payment.refunding_since:
            lock_payment(payment)
            match_refunds(payment)  # it may open an issue


def _open_issue(payment: KhaltiPayment, error: KhaltiError) -> None:
    """If trying again will not help."""
    if isinstance(error, PidxNotFound) and payment.is_waiting and is_over(payment, timezone.now()):
        open_issue(payment, KhaltiIssue.Kind.NOT_FOUND, {"pidx": payment.pidx})
    elif isinstance(error, KeyRejected):
        open_issue(payment, KhaltiIssue.Kind.KEY_REJECTED, merchant=payment.merchant)
