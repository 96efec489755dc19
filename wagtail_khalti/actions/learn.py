"""Apply what came of asking Khalti: evidence, or silence."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser
from django.utils import timezone

from wagtail_khalti.actions.ask import Inquiry
from wagtail_khalti.actions.book import hold
from wagtail_khalti.actions.match import match_refunds
from wagtail_khalti.actions.open_review import open_review
from wagtail_khalti.actions.schedule import is_over, next_check_after_silence
from wagtail_khalti.actions.settle import settle
from wagtail_khalti.exceptions import KeyRejected, KhaltiError, PidxNotFound
from wagtail_khalti.models import KhaltiEvent, KhaltiPayment, KhaltiReview
from wagtail_khalti.models.transactions import short_transaction


def learn(payment: KhaltiPayment, inquiry: Inquiry, *, by: AbstractBaseUser | None = None) -> KhaltiPayment:
    """Settle the payment, or remember the silence and raise its error."""
    if isinstance(inquiry.outcome, KhaltiError):
        _remember_silence(payment, inquiry.outcome, by=by)
        raise inquiry.outcome
    return settle(payment, inquiry.outcome, asked_at=inquiry.asked_at, by=by)


def _remember_silence(payment: KhaltiPayment, error: KhaltiError, *, by: AbstractBaseUser | None) -> None:
    now = timezone.now()
    changes = {
        "checked_at": now,
        "next_check_at": next_check_after_silence(payment, now=now, at_least=getattr(error, "retry_after", None)),
        "claimed_until": None,
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
            hold(payment)
            match_refunds(payment)  # a person may have to be told


def _open_a_matter(payment: KhaltiPayment, error: KhaltiError) -> None:
    """Where asking again will not help."""
    if isinstance(error, PidxNotFound) and payment.is_waiting and is_over(payment, timezone.now()):
        open_review(payment, KhaltiReview.Kind.NOT_FOUND, {"pidx": payment.pidx})
    elif isinstance(error, KeyRejected):
        open_review(payment, KhaltiReview.Kind.LOOKUP_REFUSED, merchant=payment.merchant)
