"""Ask Khalti what became of a payment while somebody waits, though not for long."""

from __future__ import annotations

from contextlib import suppress

from django.contrib.auth.models import AbstractBaseUser
from django.utils import timezone

from wagtail_khalti.exceptions import AnswerDelayed, KhaltiError
from wagtail_khalti.gateway import Lookup, connect
from wagtail_khalti.lookups import call_briefly
from wagtail_khalti.lookups.attempt import LookupAttempt
from wagtail_khalti.lookups.merchants import merchant_of
from wagtail_khalti.lookups.outcome import apply_attempt
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.outbox.deliver import deliver


def look_up(payment: KhaltiPayment, *, by: AbstractBaseUser | None = None) -> LookupAttempt:
    """What Khalti says now, or why it says nothing; more than one try, as fits who waits.

    Raises ``AnswerDelayed`` where the answer takes too long. It is applied when it comes.
    """
    requested_at = timezone.now()

    def use_late_answer(outcome: Lookup | KhaltiError) -> None:
        _apply(payment, LookupAttempt(requested_at=requested_at, outcome=outcome), by=by)

    try:
        client, pidx = connect(merchant_of(payment)), payment.pidx or ""
        outcome: Lookup | KhaltiError = call_briefly(
            payment.merchant, lambda: client.lookup(pidx), use_late_answer=use_late_answer
        )
    except AnswerDelayed:
        raise
    except KhaltiError as error:
        outcome = error
    return LookupAttempt(requested_at=requested_at, outcome=outcome)


def _apply(payment: KhaltiPayment, attempt: LookupAttempt, *, by: AbstractBaseUser | None) -> None:
    """The payment is read anew: whoever asked goes on with the other object."""
    payment = KhaltiPayment.objects.get(pk=payment.pk)
    with suppress(KhaltiError):  # it is on the record by then
        apply_attempt(payment, attempt, by=by)
    deliver(payment)
