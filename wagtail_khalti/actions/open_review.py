"""Open a matter for a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from wagtail_khalti.actions.alert import alert_managers
from wagtail_khalti.models import KhaltiDelivery, KhaltiPayment, KhaltiReview
from wagtail_khalti.models.review import RISKS


def open_review(
    payment: KhaltiPayment,
    kind: KhaltiReview.Kind,
    evidence: Mapping[str, Any] | None = None,
    *,
    merchant: str | None = None,
    tell: bool = True,
) -> None:
    """Unless one of this kind is open, or a person has closed one on this very evidence. People and the site are told.

    ``merchant``: it is one matter for all payments of this merchant. ``tell``: whether the site's code hears of it,
    too. Runs in the transaction of the fact that it is about.
    """
    found = dict(evidence or {})
    if _is_decided(payment, kind, found):
        return
    about = {"payment": payment} if merchant is None else {"merchant": merchant}
    review, opened = KhaltiReview.objects.get_or_create(
        **about,
        kind=kind,
        is_open=True,
        defaults={"payment": payment, "evidence": found, "risk": RISKS.get(kind, KhaltiReview.Risk.DOUBT)},
    )
    if not opened:
        return
    if tell:
        KhaltiDelivery.objects.create(payment=payment, review=review, news=KhaltiDelivery.News.NEEDS_ATTENTION)
    transaction.on_commit(lambda: alert_managers(review), robust=True)  # a mail that fails changes nothing


def _is_decided(payment: KhaltiPayment, kind: KhaltiReview.Kind, evidence: Mapping[str, Any]) -> bool:
    """Khalti says the same at each check; a person has decided on it once."""
    closed = payment.reviews.filter(kind=kind, is_open=None).exclude(outcome=KhaltiReview.Outcome.CAME_RIGHT)
    return bool(evidence) and any(review.evidence == evidence for review in closed)
