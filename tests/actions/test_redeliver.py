"""A person does not wait for the next try."""

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction

from tests.payments import kinds
from wagtail_khalti.actions import check_payment, redeliver
from wagtail_khalti.exceptions import AlreadyDelivered

pytestmark = [pytest.mark.every_database, pytest.mark.django_db]


@pytest.fixture
def delivery(khalti, payment, receiver):
    """News on which the site's code has just failed."""
    khalti.pay(payment)
    check_payment(payment)
    return payment.deliveries.get()


def test_it_is_told_now_and_who_said_so_is_on_the_record(delivery, receiver):
    cashier = get_user_model().objects.create_user("cashier")
    receiver.is_broken = False

    returned = redeliver(delivery, by=cashier)

    assert returned is delivery
    assert (delivery.delivered_at is not None, delivery.attempts, receiver.calls) == (True, 2, 2)
    event = delivery.payment.events.get(kind="delivery_retried")
    assert (event.actor, event.user, event.data) == ("staff", cashier, {"event_type": "completed"})


def test_a_failure_is_seen_and_waits_for_its_next_turn(delivery, receiver):
    redeliver(delivery)

    assert (delivery.delivered_at, delivery.attempts, receiver.calls) == (None, 2, 2)
    assert kinds(delivery.payment)[-2:] == ["delivery_retried", "delivery_failed"]


def test_what_was_delivered_is_never_told_again(delivery, receiver):
    receiver.is_broken = False
    redeliver(delivery)

    with pytest.raises(AlreadyDelivered, match=r"completed of payment .* was delivered"):
        redeliver(delivery)

    assert receiver.calls == 2
    assert kinds(delivery.payment).count("delivery_retried") == 1


def test_what_waits_for_it_follows(khalti, delivery, receiver, heard):
    khalti.refund_in_dashboard(delivery.payment)
    check_payment(delivery.payment)
    receiver.is_broken = False
    heard.clear()

    redeliver(delivery)

    assert [event_type for event_type, _reference in heard] == ["completed", "refunded"]


def test_what_comes_before_it_goes_first(khalti, delivery, receiver, heard):
    khalti.refund_in_dashboard(delivery.payment)
    check_payment(delivery.payment)
    later = delivery.payment.deliveries.last()
    heard.clear()

    redeliver(later)
    assert (later.delivered_at, receiver.calls) == (None, 2), "it may not overtake what fails"
    assert heard == []

    receiver.is_broken = False
    heard.clear()
    redeliver(later)
    assert [event_type for event_type, _reference in heard] == ["completed", "refunded"]
    assert later.delivered_at is not None


@pytest.mark.django_db(transaction=True)
def test_it_is_refused_inside_a_transaction(delivery, receiver):
    with pytest.raises(RuntimeError, match=r"redeliver\(\) .* inside a transaction"), transaction.atomic():
        redeliver(delivery)

    assert receiver.calls == 1
