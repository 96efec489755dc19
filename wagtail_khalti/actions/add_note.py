"""Write something down about a payment, for those who come later."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.models import AbstractBaseUser

from wagtail_khalti.database.transactions import short_transaction
from wagtail_khalti.ledger import lock_payment, log_action
from wagtail_khalti.models import KhaltiEvent, KhaltiPayment
from wagtail_khalti.models.event import MAX_NOTE_LENGTH

A_MOMENT = timedelta(minutes=1)


def add_note(payment: KhaltiPayment, text: str, *, by: AbstractBaseUser) -> KhaltiEvent:
    """``text`` in the payment's history, in the words of the person. It changes nothing, and can't be changed later.

    The same words of the same person within a minute are one note. Raises ``ValueError`` where there are no words, or
    too many.
    """
    note = text.replace("\x00", "").strip()  # PostgreSQL can't store a zero
    if not note:
        raise ValueError("A note needs words")
    if len(note) > MAX_NOTE_LENGTH:
        raise ValueError(f"A note has at most {MAX_NOTE_LENGTH} characters, not {len(note)}")

    event = KhaltiEvent.about(payment, KhaltiEvent.Kind.NOTE_ADDED, by=by, data={"note": note})
    with short_transaction(durable=False):
        lock_payment(payment)
        if twin := _just_noted(event):
            return twin
        event.save()
        log_action(
            payment, "add_note", by=by
        )  # without the words: Wagtail's log asks nobody for the right to read names
    return event


def _just_noted(event: KhaltiEvent) -> KhaltiEvent | None:
    """The same words of the same person a moment ago: the button was pressed twice."""
    notes = event.payment.events.filter(kind=event.kind, user=event.user, at__gt=event.at - A_MOMENT)
    return next((note for note in notes if note.data == event.data), None)
