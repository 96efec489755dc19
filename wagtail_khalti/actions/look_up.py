"""Ask Khalti what became of a payment while somebody waits, though not for long."""

from __future__ import annotations

from contextlib import suppress

from django.contrib.auth.models import AbstractBaseUser
from django.utils import timezone

from wagtail_khalti.actions.account import merchant_of
from wagtail_khalti.actions.ask import Inquiry
from wagtail_khalti.actions.deliver import deliver
from wagtail_khalti.actions.learn import learn
from wagtail_khalti.exceptions import AnswerDelayed, KhaltiError
from wagtail_khalti.gateway import Lookup, connect
from wagtail_khalti.lookups import ask_briefly
from wagtail_khalti.models import KhaltiPayment


def look_up(payment: KhaltiPayment, *, by: AbstractBaseUser | None = None) -> Inquiry:
    """What Khalti says now, or why it says nothing; more than one try, as fits who waits.

    Raises ``AnswerDelayed`` where the answer takes too long. It is applied when it comes.
    """
    asked_at = timezone.now()

    def use_late_answer(outcome: Lookup | KhaltiError) -> None:
        _apply(payment, Inquiry(asked_at=asked_at, outcome=outcome), by=by)

    try:
        client, pidx = connect(merchant_of(payment)), payment.pidx or ""
        outcome: Lookup | KhaltiError = ask_briefly(
            payment.merchant, lambda: client.lookup(pidx), use_late_answer=use_late_answer
        )
    except AnswerDelayed:
        raise
    except KhaltiError as error:
        outcome = error
    return Inquiry(asked_at=asked_at, outcome=outcome)


def _apply(payment: KhaltiPayment, inquiry: Inquiry, *, by: AbstractBaseUser | None) -> None:
    """The payment is read anew: whoever asked goes on with the other object."""
    payment = KhaltiPayment.objects.get(pk=payment.pk)
    with suppress(KhaltiError):  # it is on the record by then
        learn(payment, inquiry, by=by)
    deliver(payment)
