"""Callbacks, workers and people look at the same time."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.db.models import F
from django.utils import timezone

from tests.concurrency.crowd import all_at_once, meeting_before
from tests.in_full import IS_FULL
from tests.payments import answer, end_the_pause, kinds, listening
from tests.shop.models import Order
from wagtail_khalti.actions import check_payment, redeliver, start_payment
from wagtail_khalti.ledger.apply_lookup import apply_lookup
from wagtail_khalti.ledger.payment_states import transition_for
from wagtail_khalti.models import KhaltiDelivery, KhaltiEvent, KhaltiIssue, KhaltiPayment
from wagtail_khalti.models.status import Status
from wagtail_khalti.outbox.deliver import begin_attempt, deliver

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.heavy, pytest.mark.every_database]

MANY = 20
APPLY_LOOKUP = import_module("wagtail_khalti.ledger.apply_lookup")  # in the package its name is the function's
DELIVER = import_module("wagtail_khalti.outbox.deliver")


def mark_as_paid(*, payment, **kwargs):
    Order.objects.filter(pk=payment.payable_id).update(times_paid=F("times_paid") + 1)


@pytest.fixture
def payment(khalti):
    """An order of Rs 1,500 that its visitor has paid at Khalti; the site marks orders that are paid."""
    order = Order.objects.create()
    payment = start_payment(150_000, purpose="Order", payable=order, base_url="http://testserver")
    khalti.pay(payment)
    with listening("completed", mark_as_paid):
        yield payment


@pytest.fixture
def left(payment):
    """Settled by a process that was killed before the site heard of it, a while ago."""
    apply_lookup(payment, answer(payment), requested_at=timezone.now())
    end_the_pause()


def deliver_what_was_left():
    return deliver(KhaltiPayment.objects.get())


def times_paid():
    return Order.objects.get().times_paid


def check():
    return check_payment(KhaltiPayment.objects.get())


def test_twenty_that_look_at_once_move_it_once_and_tell_it_once(payment, monkeypatch):
    monkeypatch.setattr(
        APPLY_LOOKUP, "transition_for", meeting_before(MANY, transition_for)
    )  # all have read "initiated" by then

    payments = all_at_once(MANY, check)

    assert {one.status for one in payments} == {"completed"}
    assert times_paid() == 1
    assert kinds(payment).count("status_changed") == 1
    answers = payment.events.filter(kind__in=["looked_up", "outdated"])
    assert sum(answers.values_list("count", flat=True)) == MANY
    delivery = KhaltiDelivery.objects.get()
    assert (delivery.attempts, delivery.last_error) == (1, "")


def test_without_the_gate_each_would_move_it(payment, monkeypatch):
    """The control: the conditional UPDATE is what lets one through."""

    def move_carelessly(payment, transition, answer, *, requested_at, looked_up):
        KhaltiPayment.objects.filter(pk=payment.pk).update(status=transition)
        KhaltiEvent.about(payment, KhaltiEvent.Kind.STATUS_CHANGED).save()
        KhaltiDelivery.objects.create(payment=payment, event_type="completed")
        return True

    monkeypatch.setattr(APPLY_LOOKUP, "transition_for", meeting_before(3, transition_for))
    monkeypatch.setattr(APPLY_LOOKUP, "_change_status", move_carelessly)

    all_at_once(3, check)
    deliver(payment)  # what waited while another of them delivered

    assert kinds(payment).count("status_changed") == 3
    assert times_paid() == 3


def test_two_that_deliver_at_once_tell_it_once(left, monkeypatch):
    monkeypatch.setattr(DELIVER, "begin_attempt", meeting_before(2, begin_attempt))  # both have read "undelivered"

    all_at_once(2, deliver_what_was_left)

    assert times_paid() == 1
    assert KhaltiDelivery.objects.get().attempts == 2, "one by the killed process, one by one of them"


def test_without_the_mark_each_would_tell_it(left, monkeypatch):
    """The control: the conditional UPDATE is what lets one through."""

    def deliver_carelessly(delivery):
        mark_as_paid(payment=delivery.payment)
        KhaltiDelivery.objects.filter(pk=delivery.pk).update(delivered_at=timezone.now())

    monkeypatch.setattr(DELIVER, "begin_attempt", meeting_before(2, lambda delivery: True))
    monkeypatch.setattr(DELIVER, "run_receivers", deliver_carelessly)

    all_at_once(2, deliver_what_was_left)

    assert times_paid() == 2


@pytest.mark.in_full
def test_a_receiver_that_fails_in_one_is_not_called_by_the_other(left, monkeypatch):
    """A lock or a restart is not over yet; the next try is later, whoever makes it."""
    calls = []

    def fails_once(**kwargs):
        calls.append(1)
        if len(calls) == 1:
            raise ValueError

    with listening("completed", fails_once):
        with monkeypatch.context() as for_both:
            for_both.setattr(DELIVER, "begin_attempt", meeting_before(2, begin_attempt))
            all_at_once(2, deliver_what_was_left)
        assert (times_paid(), len(calls)) == (0, 1)

        redeliver(KhaltiDelivery.objects.get())

    assert (times_paid(), len(calls)) == (1, 2)


@pytest.mark.in_full
def test_twenty_contradictions_at_once_open_one_issue(payment, khalti, monkeypatch):
    khalti.answer_lookup(payment, total_amount=1, times=MANY)
    monkeypatch.setattr(APPLY_LOOKUP, "transition_for", meeting_before(MANY, transition_for))

    all_at_once(MANY, check)

    assert payment.issues.count() == 1
    assert payment.deliveries.get().event_type == "needs_attention"
    [contradiction] = payment.events.filter(kind="contradiction")
    assert contradiction.count == MANY
    payment.refresh_from_db()
    assert payment.status == "initiated"


@pytest.mark.parametrize("turn", range(5 if IS_FULL else 1))
def test_of_answers_at_once_the_newest_question_wins(payment, monkeypatch, turn):
    """Each thread has another answer; whatever the order, the last question has the last word."""
    monkeypatch.setattr(APPLY_LOOKUP, "transition_for", meeting_before(3, transition_for))
    began = timezone.now() - timedelta(hours=1)
    answers = [("Pending", 0), ("Expired", 1), ("Completed", 2)]
    answers = answers[turn % 3 :] + answers[: turn % 3]

    def settle_next():
        word, second = answers.pop()
        fresh = KhaltiPayment.objects.get()
        return apply_lookup(fresh, answer(fresh, word), requested_at=began + timedelta(seconds=second))

    all_at_once(3, settle_next)

    payment.refresh_from_db()
    assert payment.status == Status.COMPLETED
    assert payment.looked_up_at == began + timedelta(seconds=2)
    was_late = KhaltiIssue.Kind.LATE_PAYMENT  # where "Expired" came first, which a person has to know
    assert list(payment.issues.values_list("kind", flat=True)) == [was_late] * payment.is_late
    assert kinds(payment).count("status_changed") + kinds(payment).count("outdated") == 3
