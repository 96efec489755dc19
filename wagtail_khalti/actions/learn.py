"""Apply what came of asking Khalti: evidence, or silence."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from wagtail_khalti.actions.ask import Inquiry
from wagtail_khalti.actions.deliver import deliver
from wagtail_khalti.actions.open_review import open_review
from wagtail_khalti.actions.schedule import next_check_after_silence
from wagtail_khalti.actions.settle import settle
from wagtail_khalti.exceptions import KeyRejected, KhaltiError, PidxNotFound
from wagtail_khalti.models import KhaltiEvent, KhaltiPayment, KhaltiReview


def learn(payment: KhaltiPayment, inquiry: Inquiry, *, by: AbstractBaseUser | None = None) -> KhaltiPayment:
    """Settle the payment and tell the site's code; or remember the silence and raise its error."""
    if inquiry.answer is None:
        error = inquiry.error or KhaltiError("nothing was asked")
        _remember_silence(payment, error, by=by)
        raise error
    settle(payment, inquiry.answer, asked_at=inquiry.asked_at, by=by)
    return deliver(payment)


def _remember_silence(payment: KhaltiPayment, error: KhaltiError, *, by: AbstractBaseUser | None) -> None:
    now = timezone.now()
    changes = {
        "checked_at": now,
        "next_check_at": next_check_after_silence(payment, now=now, at_least=getattr(error, "retry_after", None)),
        "claimed_until": None,
    }
    data = {"request": "lookup", "error": type(error).__name__, "reason": str(error)[:200]}
    with transaction.atomic(durable=True):
        KhaltiPayment.objects.filter(pk=payment.pk).update(**changes)
        KhaltiEvent.about(payment, KhaltiEvent.Kind.NO_ANSWER, by=by, data=data).save()
        _open_a_matter(payment, error)
    for name, value in changes.items():
        setattr(payment, name, value)


def _open_a_matter(payment: KhaltiPayment, error: KhaltiError) -> None:
    """Where asking again will not help."""
    if isinstance(error, PidxNotFound) and payment.has_run_out:
        open_review(payment, KhaltiReview.Kind.NOT_FOUND)
    elif isinstance(error, KeyRejected) and not _is_known(payment.merchant):
        open_review(payment, KhaltiReview.Kind.LOOKUP_REFUSED)


def _is_known(merchant: str) -> bool:
    """One matter for all payments of a merchant: its key is refused for each of them."""
    open_ones = KhaltiReview.objects.open().filter(kind=KhaltiReview.Kind.LOOKUP_REFUSED)
    return open_ones.filter(payment__merchant=merchant).exists()
