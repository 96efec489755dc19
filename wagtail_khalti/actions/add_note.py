"""Add an internal note to a payment."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.models import AbstractBaseUser

from wagtail_khalti.database.transactions import short_transaction
from wagtail_khalti.ledger import lock_payment, log_action
from wagtail_khalti.models import KhaltiEvent, KhaltiPayment
from wagtail_khalti.models.event import MAX_NOTE_LENGTH

DOUBLE_CLICK_WITHIN = timedelta(minutes=1)


def add_note(payment: KhaltiPayment, text: str, *, by: AbstractBaseUser) -> KhaltiEvent:
    """Add ``text`` to the payment's timeline. It can't be changed later.

    The same text of the same person within a minute is one note. Raises ``ValueError`` if the text is empty, or too
    long.
    """
    note = text.replace("\x00", "").strip()  # PostgreSQL can't store NUL
    if not note:
        raise ValueError("A note can't be empty")
    if len(note) > MAX_NOTE_LENGTH:
        raise ValueError(f"A note has at most {MAX_NOTE_LENGTH} characters, not {len(note)}")

    event = KhaltiEvent.about(payment, KhaltiEvent.Kind.NOTE_ADDED, by=by, data={"note": note})
    with short_transaction(durable=False):
        lock_payment(payment)
        if same := _just_added(event):
            return same
        payment.has_personal_data_again()
        event.save()
        log_action(payment, "add_note", by=by)  # without the text: anybody with access to Wagtail's log can read it
    return event


def _just_added(event: KhaltiEvent) -> KhaltiEvent | None:
    """The same text of the same person a moment ago: the button was clicked twice."""
    notes = event.payment.events.filter(kind=event.kind, user=event.user, at__gt=event.at - DOUBLE_CLICK_WITHIN)
    return next((note for note in notes if note.data == event.data), None)
