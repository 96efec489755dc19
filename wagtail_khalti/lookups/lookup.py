"""Look a payment up while somebody waits, for a limited time."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from django.contrib.auth.models import AbstractBaseUser
from django.utils import timezone

from wagtail_khalti.exceptions import AnswerDelayed, KhaltiError
from wagtail_khalti.gateway import Lookup, connect
from wagtail_khalti.lookups.attempt import LookupAttempt
from wagtail_khalti.lookups.merchants import merchant_of
from wagtail_khalti.lookups.outcome import apply_attempt
from wagtail_khalti.lookups.pool import call_briefly
from wagtail_khalti.models import KhaltiPayment


def look_up(
    payment: KhaltiPayment,
    *,
    after_late_answer: Callable[[KhaltiPayment], object],
    by: AbstractBaseUser | None = None,
) -> LookupAttempt:
    """Khalti's response, or the error, after retries.

    Raises ``AnswerDelayed`` if the response takes too long. It is applied when it arrives, and ``after_late_answer`` is
    then called with the payment, in another thread.
    """
    requested_at = timezone.now()

    def use_late_answer(outcome: Lookup | KhaltiError) -> None:
        attempt = LookupAttempt(requested_at=requested_at, outcome=outcome)
        current = KhaltiPayment.objects.get(pk=payment.pk)  # the caller keeps using the other object
        with suppress(KhaltiError):  # it has been recorded
            apply_attempt(current, attempt, by=by)
        after_late_answer(current)

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
