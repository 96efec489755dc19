"""Compare what Khalti says went back with the refunds that we know of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone

from wagtail_khalti.actions.book import about, book_made_elsewhere, hold, move_refund, tell_too_much
from wagtail_khalti.actions.claim import LEASE
from wagtail_khalti.actions.open_review import open_review
from wagtail_khalti.actions.refund_states import CERTAIN_AFTER, Word, judge_refund, was_not_seen
from wagtail_khalti.models import KhaltiPayment, KhaltiRefund, KhaltiReview
from wagtail_khalti.models.refund import State, Way
from wagtail_khalti.models.status import GIVEN_BACK, Status
from wagtail_khalti.models.transactions import short_transaction
from wagtail_khalti.money import Paisa


def match_now(payment: KhaltiPayment) -> None:
    """As below, in a transaction of its own: what it decides stays, also where the caller then refuses."""
    with short_transaction():
        hold(payment)
        match_refunds(payment)


def match_refunds(payment: KhaltiPayment) -> None:
    """Decide what can be decided, and note what was made elsewhere. Runs in a transaction that holds the payment."""
    if not payment.refunding_since and payment.status not in GIVEN_BACK:
        return
    refunds = list(payment.refunds.order_by("pk"))
    for refund in refunds:
        refund.payment = payment  # one payment, as it changes from here on
    for refund in refunds:
        if refund.is_undecided and not _is_decided(refund, refunds):
            return  # what else went back can't be told apart from it
    _note_what_was_made_elsewhere(payment, [refund for refund in refunds if refund.is_done and refund.is_at_khalti])


def _is_decided(refund: KhaltiRefund, refunds: Sequence[KhaltiRefund]) -> bool:
    if refund.state != State.UNKNOWN:
        if _is_in_hand(refund):
            return False  # somebody is at work on it, and will know more
        move_refund(refund, Word.GONE)
    if refund.state == State.UNKNOWN:
        _judge(refund, [other for other in refunds if other is not refund and other.is_done and other.is_at_khalti])
    return not refund.is_undecided


def _is_in_hand(refund: KhaltiRefund) -> bool:
    """Not where its time is far ahead: then it comes from a clock that was wrong."""
    now, begun_at = timezone.now(), refund.sent_at or refund.created_at
    return now - LEASE < begun_at < now + LEASE


def _judge(refund: KhaltiRefund, others: Sequence[KhaltiRefund]) -> None:
    judged = judge_refund(refund, back_before=sum(other.amount or 0 for other in others))
    if isinstance(judged, Word):
        move_refund(refund, judged)
    elif judged or not timedelta() <= timezone.now() - (refund.sent_at or refund.created_at) < CERTAIN_AFTER:
        open_review(refund.payment, KhaltiReview.Kind.REFUND_IN_DOUBT, about(refund))
    elif refund.not_seen_at is None and was_not_seen(refund):
        refund.not_seen_at = refund.payment.confirmed_at
        refund.save(update_fields=["not_seen_at"])


def _note_what_was_made_elsewhere(payment: KhaltiPayment, known: Sequence[KhaltiRefund]) -> None:
    """``known``: those made at Khalti."""
    if payment.status == Status.PARTIALLY_REFUNDED and not known:
        refund = KhaltiRefund(payment=payment, state=State.EXTERNAL, way=Way.DASHBOARD)
        book_made_elsewhere(refund, None)
        open_review(payment, KhaltiReview.Kind.REFUND_WITHOUT_AMOUNT, about(refund))
    elif payment.status == Status.REFUNDED:
        _note_the_rest(payment, known)


def _note_the_rest(payment: KhaltiPayment, known: Sequence[KhaltiRefund]) -> None:
    """All went back, so what we did not know of is known now."""
    missing = Paisa(payment.amount - sum(refund.amount or 0 for refund in known))
    nameless = next((refund for refund in known if refund.lacks_amount), None)
    if nameless or (missing and payment.remaining):
        refund = nameless or KhaltiRefund(payment=payment, state=State.EXTERNAL, way=Way.DASHBOARD)
        book_made_elsewhere(refund, missing)
    elif missing:
        tell_too_much(payment, missing)
