"""The one door for what a refund changes: its state, the sum, the sale, the news.

Everything here runs in a transaction that holds the payment, so that refunds of one payment change one after another.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import F
from django.utils import timezone

from wagtail_khalti.actions.close_review import close_review
from wagtail_khalti.actions.open_review import open_review
from wagtail_khalti.actions.refund_notices import is_notice_owed
from wagtail_khalti.actions.refund_states import MACHINE, Word
from wagtail_khalti.actions.schedule import next_check
from wagtail_khalti.exceptions import KhaltiError, ReviewIsClosed
from wagtail_khalti.models import KhaltiDelivery, KhaltiEvent, KhaltiPayment, KhaltiRefund, KhaltiReview
from wagtail_khalti.models.refund import DONE, UNDECIDED, State
from wagtail_khalti.money import Paisa

LONGEST_ANSWER = 500

EVENTS: Mapping[Word, KhaltiEvent.Kind] = {
    Word.SENT: KhaltiEvent.Kind.REFUND_SENT,
    Word.ACCEPTED: KhaltiEvent.Kind.REFUND_ACCEPTED,
    Word.LOST: KhaltiEvent.Kind.NO_ANSWER,
    Word.GONE: KhaltiEvent.Kind.NO_ANSWER,
}
"""Words that decide nothing; where the refund is decided, the event says how."""


def hold(payment: KhaltiPayment) -> None:
    """Until the end of the transaction nobody else changes its refunds; also on SQLite, which locks no rows.

    An UPDATE, since SQLite refuses at once who reads and then writes while another writes.
    """
    KhaltiPayment.objects.filter(pk=payment.pk).update(refund_total=F("refund_total"))
    payment.refresh_from_db()


def set_aside(payment: KhaltiPayment, amount: int, **changes: Any) -> None:
    """From now on this much less is left."""
    KhaltiPayment.objects.filter(pk=payment.pk).update(refund_total=F("refund_total") + amount, **changes)
    payment.refresh_from_db()


def move_refund(
    refund: KhaltiRefund,
    word: Word,
    *,
    answer: str = "",
    error: KhaltiError | None = None,
    note: str = "",
    by: AbstractBaseUser | None = None,
) -> bool:
    """Whether the refund moved. ``answer`` is what Khalti said, ``note`` what the person says."""
    before = State(refund.state)
    road = MACHINE[before][word]
    refund.answer = answer[:LONGEST_ANSWER] or refund.answer
    refund.is_accepted = refund.is_accepted or word is Word.ACCEPTED
    if isinstance(road, State):
        refund.state = road
    if refund.state == State.SENDING != before:
        refund.sent_at = timezone.now()
    if refund.state == State.REFUSED and not refund.sent_at:
        refund.idempotency_key = None  # nothing happened, so the same may be tried anew
    refund.save(update_fields=["state", "answer", "is_accepted", "sent_at", "idempotency_key"])

    _note(refund, word, before, by=by, note=note, **(error.as_data() if error else {}))
    if isinstance(road, KhaltiReview.Kind):
        open_review(refund.payment, road, about(refund) | {"was": before, "answer": refund.answer})
    if before in UNDECIDED and refund.state not in UNDECIDED:
        _decide(refund, by=by)
    return road is not None and refund.state != before


def book_made_elsewhere(
    refund: KhaltiRefund, amount: Paisa | None, *, by: AbstractBaseUser | None = None, note: str = ""
) -> None:
    """A refund that was not made here, or the amount of one; None where nobody knows it yet.

    Of what went back beyond what was left, only the rest counts, and a person is told.
    """
    payment = refund.payment
    counted = None if amount is None else min(amount, payment.remaining)
    refund.amount = counted or None
    refund.save()
    data = about(refund) | {"amount": amount, "way": refund.way, "note": note}
    KhaltiEvent.about(payment, KhaltiEvent.Kind.REFUND_FOUND, by=by, data=data).save()
    if amount is None or counted is None:
        return
    set_aside(payment, counted)
    _finish(refund, by=by)
    close_matters(payment, KhaltiReview.Kind.REFUND_WITHOUT_AMOUNT, by=by, note=note)
    if amount > counted:
        tell_too_much(payment, amount - counted)


def tell_too_much(payment: KhaltiPayment, paisa: int) -> None:
    """So much went back beyond what was paid; the sum of the refunds says nothing of it."""
    open_review(payment, KhaltiReview.Kind.REFUNDED_TOO_MUCH, {"too_much": paisa})


def about(refund: KhaltiRefund) -> dict[str, Any]:
    """What the history and a review may say of it."""
    return {"refund": refund.reference, "amount": refund.amount}


def close_matters(
    payment: KhaltiPayment, kind: KhaltiReview.Kind, *, by: AbstractBaseUser | None, note: str = ""
) -> None:
    """They are settled: by the person, or by what Khalti said."""
    outcome = KhaltiReview.Outcome.HANDLED if by else KhaltiReview.Outcome.CAME_RIGHT
    for review in payment.reviews.open().filter(kind=kind):
        with suppress(ReviewIsClosed):
            close_review(review, outcome=outcome, by=by, note=note, is_deed=False)


def _note(refund: KhaltiRefund, word: Word, before: State, *, by: AbstractBaseUser | None, **said: str) -> None:
    kind = None if word is Word.SENT and refund.state == before else EVENTS.get(word)  # too late: it was given up
    if refund.state != before and refund.state not in UNDECIDED:
        made = refund.state == State.SUCCEEDED
        kind = KhaltiEvent.Kind.REFUND_MADE if made else KhaltiEvent.Kind.REFUND_NOT_MADE
    elif word is Word.REFUSED:
        kind = KhaltiEvent.Kind.REFUND_NOT_MADE
    if kind:
        data = about(refund) | {"request": "refund", "word": word.name.lower(), "answer": refund.answer, **said}
        KhaltiEvent.about(refund.payment, kind, by=by, data=data).save()


def _decide(refund: KhaltiRefund, *, by: AbstractBaseUser | None) -> None:
    payment = refund.payment
    given_up = 0 if refund.state in DONE else -(refund.amount or 0)
    payment.refunding_since = None
    set_aside(payment, given_up, refunding_since=None, next_check_at=next_check(payment, {}, now=timezone.now()))
    close_matters(payment, KhaltiReview.Kind.REFUND_IN_DOUBT, by=by)
    _finish(refund, by=by)


def _finish(refund: KhaltiRefund, *, by: AbstractBaseUser | None) -> None:
    payment = refund.payment
    refund.decided_at = timezone.now()
    refund.remaining = payment.remaining if refund.is_done else None
    payment.owes_notice = is_notice_owed(refund)
    refund.notice_due_at = refund.decided_at if payment.owes_notice else None
    refund.save(update_fields=["decided_at", "remaining", "notice_due_at"])
    if not refund.is_done:
        return
    if not payment.remaining:
        KhaltiPayment.objects.filter(pk=payment.pk).update(is_sale=None)  # what was bought can be bought again
        payment.is_sale = None
        close_matters(payment, KhaltiReview.Kind.SECOND_PAYMENT, by=by)
    # Of a second payment the site hears nothing, or a shop would cancel the order that the first one paid.
    if refund.amount and payment.duplicate_of_id is None:
        KhaltiDelivery.objects.create(payment=payment, news=KhaltiDelivery.News.REFUNDED, refund=refund)
