"""Open a matter for a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from wagtail_khalti.actions.alert import alert_managers
from wagtail_khalti.models import KhaltiDelivery, KhaltiPayment, KhaltiReview


def open_review(
    payment: KhaltiPayment, kind: KhaltiReview.Kind, evidence: Mapping[str, Any] | None = None, *, tell: bool = True
) -> KhaltiReview:
    """The open matter of this kind; where there is none yet, a new one, and people and the site are told of it.

    ``tell``: whether the site's code hears of it, too. Runs in the transaction of the fact that it is about.
    """
    review, opened = KhaltiReview.objects.get_or_create(
        payment=payment, kind=kind, is_open=True, defaults={"evidence": dict(evidence or {})}
    )
    if not opened:
        return review
    if tell:
        KhaltiDelivery.objects.create(payment=payment, review=review, news=KhaltiDelivery.News.NEEDS_ATTENTION)
    transaction.on_commit(lambda: alert_managers(review), robust=True)  # a mail that fails changes nothing
    return review
