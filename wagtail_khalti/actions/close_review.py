"""Close a matter, and say how."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import F
from django.utils import timezone

from wagtail_khalti.actions.audit import log_deed
from wagtail_khalti.exceptions import RefundUndecided, ReviewIsClosed
from wagtail_khalti.models import KhaltiEvent, KhaltiPayment, KhaltiRefund, KhaltiReview
from wagtail_khalti.models.transactions import short_transaction

ABOUT_A_REFUND = frozenset({KhaltiReview.Kind.REFUND_IN_DOUBT, KhaltiReview.Kind.REFUND_WITHOUT_AMOUNT})


def close_review(
    review: KhaltiReview,
    *,
    outcome: KhaltiReview.Outcome,
    by: AbstractBaseUser | None = None,
    note: str = "",
    is_deed: bool = True,
) -> KhaltiReview:
    """On the record: who, how, and in ``note`` what was done. It moves no money and changes no payment.

    ``is_deed``: whether it was closed for its own sake. What only follows from another deed of theirs is told with it.
    Raises ``ReviewIsClosed`` where somebody was faster; their word stands. Raises ``RefundUndecided`` for what only
    ``decide_refund`` or ``enter_refund_amount`` can settle.
    """
    closed_at = timezone.now()
    how = {"is_open": None, "closed_at": closed_at, "closed_by": by, "outcome": outcome, "note": note}
    with short_transaction(durable=False):
        if review.kind in ABOUT_A_REFUND:
            _require_word_on_refund(review)
        if not KhaltiReview.objects.open().filter(pk=review.pk).update(**how):
            raise ReviewIsClosed(f"The review {review.pk} of payment {review.payment.reference} is closed")
        data = {"review": review.kind, "outcome": outcome, "note": note}
        KhaltiEvent.about(review.payment, KhaltiEvent.Kind.REVIEW_CLOSED, by=by, data=data).save()
        if is_deed:
            log_deed(review.payment, "close_review", by=by, review=review.kind, outcome=outcome)
    for name, value in how.items():
        setattr(review, name, value)
    return review


def _require_word_on_refund(review: KhaltiReview) -> None:
    """Closed without one, it would never be opened again, and no other refund could be made. Nobody begins one now."""
    KhaltiPayment.objects.filter(pk=review.payment_id).update(refund_total=F("refund_total"))  # as ``book.hold`` does
    refunds = KhaltiRefund.objects.filter(payment=review.payment_id)
    in_doubt = review.kind == KhaltiReview.Kind.REFUND_IN_DOUBT
    if (refunds.undecided() if in_doubt else refunds.without_amount()).exists():
        raise RefundUndecided(f"The review {review.pk} ends when it is said what became of the refund")
