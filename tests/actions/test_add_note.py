"""A person writes something down about a payment."""

from datetime import timedelta

import pytest
from django.utils import timezone
from wagtail.models import ModelLogEntry

from tests.payments import kinds
from wagtail_khalti.actions import add_note
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.models.event import MAX_NOTE_LENGTH

pytestmark = pytest.mark.django_db


@pytest.mark.every_database
def test_it_is_in_the_history_with_who_wrote_it(payment, cashier):
    event = add_note(payment, "  She will come on Sunday.\n", by=cashier)

    assert payment.events.get(kind="note_added") == event
    assert (event.actor, event.user, event.data) == ("staff", cashier, {"note": "She will come on Sunday."})


def test_wagtails_log_says_that_it_was_written_and_not_what(payment, cashier):
    add_note(payment, "Her number is 9811111111", by=cashier)

    entry = ModelLogEntry.objects.get()
    assert (entry.action, entry.user, entry.data) == ("wagtail_khalti.add_note", cashier, {})


def test_it_moves_nothing(khalti, completed, cashier):
    before = KhaltiPayment.objects.values().get(), completed.deliveries.count(), khalti.calls("lookup")

    add_note(completed, "Looked into it", by=cashier)

    assert (KhaltiPayment.objects.values().get(), completed.deliveries.count(), khalti.calls("lookup")) == before


@pytest.mark.parametrize("text", ["", " ", "\n\t ", "\x00"])
def test_without_words_there_is_none(payment, cashier, text):
    with pytest.raises(ValueError, match="can't be empty"):
        add_note(payment, text, by=cashier)

    assert "note_added" not in kinds(payment)
    assert not ModelLogEntry.objects.exists()


@pytest.mark.every_database
def test_it_may_be_so_long_and_not_longer(payment, cashier):
    add_note(payment, "म" * MAX_NOTE_LENGTH, by=cashier)

    with pytest.raises(ValueError, match="at most 1000 characters, not 1001"):
        add_note(payment, "म" * (MAX_NOTE_LENGTH + 1), by=cashier)

    assert kinds(payment).count("note_added") == 1


@pytest.mark.every_database
def test_what_no_database_can_store_is_left_out(payment, cashier):
    event = add_note(payment, "a\x00b", by=cashier)

    event.refresh_from_db()
    assert event.data == {"note": "ab"}


@pytest.mark.every_database
def test_pressed_twice_it_is_one_note(payment, cashier, manager, time_machine):
    first = add_note(payment, "Will come on Sunday", by=cashier)

    assert add_note(payment, "Will come on Sunday", by=cashier) == first
    assert add_note(payment, "Will come on Sunday", by=manager) != first
    time_machine.move_to(timezone.now() + timedelta(minutes=2))
    assert add_note(payment, "Will come on Sunday", by=cashier) != first


def test_ten_in_a_row_are_ten(payment, cashier):
    for number in range(10):
        add_note(payment, f"Call {number}", by=cashier)

    notes = payment.events.filter(kind="note_added").order_by("pk")
    assert [event.data["note"] for event in notes] == [f"Call {number}" for number in range(10)]
