"""Receivers that lead to themselves, or never end: what that means for the payment, for others, and for later."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from tests.payments import end_the_pause, kinds
from tests.shop.models import Order
from wagtail_khalti import signals
from wagtail_khalti.actions import check_payment, refund_payment, start_payment
from wagtail_khalti.models import KhaltiDelivery, KhaltiPayment

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(db):
    return Order.objects.create()


@pytest.fixture
def payment(khalti, order):
    """Paid at Khalti; the site does not know yet."""
    payment = start_payment(150_000, purpose="Order", payable=order, base_url="http://testserver")
    khalti.pay(payment)
    return payment


def mark_as_paid(payment):
    Order.objects.filter(pk=payment.payable_id).update(times_paid=F("times_paid") + 1)


def times_paid(order):
    return Order.objects.get(pk=order.pk).times_paid


def sends_the_signal_again(*, payment, is_test, **kwargs):
    mark_as_paid(payment)
    signals.payment_completed.send(sender=KhaltiPayment, payment=payment, is_test=is_test)


def calls_itself(**kwargs):
    calls_itself(**kwargs)


@pytest.mark.parametrize("receiver", [sends_the_signal_again, calls_itself])
def test_recursion_is_an_error_like_any_other(payment, order, on, receiver):
    on("completed", receiver)

    check_payment(payment)

    assert KhaltiPayment.objects.get().status == "completed"
    delivery = payment.deliveries.get()
    assert (delivery.delivered_at, delivery.attempts, delivery.last_error) == (None, 1, "RecursionError")
    assert times_paid(order) == 0, "all of it was rolled back"


def test_it_is_delivered_once_the_receiver_is_mended(payment, order, on):
    broken = [True]

    def receiver(*, payment, **kwargs):
        mark_as_paid(payment)
        if broken:
            sends_the_signal_again(payment=payment, **kwargs)

    on("completed", receiver)
    check_payment(payment)
    broken.clear()
    end_the_pause()

    check_payment(payment)

    assert times_paid(order) == 1
    assert payment.deliveries.get().delivered_at is not None


@pytest.mark.parametrize("act", [check_payment, refund_payment], ids=["check", "refund"])
@pytest.mark.django_db(transaction=True)
def test_an_action_in_a_receiver_says_what_to_do(payment, khalti, on, act, caplog):
    on("completed", lambda *, payment, **kwargs: act(payment))

    check_payment(payment)

    assert payment.deliveries.get().last_error == "RuntimeError"
    assert "can't run inside a transaction: call it outside of atomic()" in caplog.text
    assert khalti.calls("refund", payment) == 0


@pytest.mark.django_db(transaction=True)
def test_a_check_after_each_commit_comes_to_an_end(payment, order, on):
    """Each finds nothing that is undelivered."""

    def receiver(*, payment, **kwargs):
        mark_as_paid(payment)
        transaction.on_commit(lambda: check_payment(payment))

    on("completed", receiver)

    check_payment(payment)

    assert times_paid(order) == 1
    assert kinds(payment).count("looked_up") == 2


@pytest.fixture
def hanging(on):
    """A receiver that hangs until the end of the test, in whatever thread calls it."""
    has_begun, may_end = threading.Event(), threading.Event()

    def receiver(*, payment, **kwargs):
        if not has_begun.is_set():
            has_begun.set()
            may_end.wait(timeout=30)
        mark_as_paid(payment)

    on("completed", receiver)
    yield has_begun, may_end
    may_end.set()


def in_a_thread(act, *args):
    def run():
        try:
            act(*args)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.every_database
@pytest.mark.skipif(connection.vendor == "sqlite", reason="one writer at a time: all others wait, as the manual says")
@pytest.mark.django_db(transaction=True)
class TestHanging:
    """While a receiver hangs, its payment is paid, nobody calls it again, and others are delivered."""

    def test_the_payment_is_paid_and_is_not_delivered_again(self, payment, order, hanging, time_machine):
        has_begun, may_end = hanging
        visitor = in_a_thread(check_payment, KhaltiPayment.objects.get(pk=payment.pk))
        assert has_begun.wait(timeout=20)
        time_machine.move_to(timezone.now() + timedelta(minutes=5))  # it looks like one whose process was killed

        check_payment(payment)

        assert KhaltiPayment.objects.get().status == "completed"
        assert KhaltiDelivery.objects.get().delivered_at is None
        may_end.set()
        visitor.join()
        assert times_paid(order) == 1
        assert KhaltiDelivery.objects.get().delivered_at is not None

    def test_others_are_delivered(self, payment, khalti, hanging):
        other_order = Order.objects.create()
        other = start_payment(150_000, purpose="Another", payable=other_order, base_url="http://testserver")
        khalti.pay(other)
        has_begun, may_end = hanging
        visitor = in_a_thread(check_payment, payment)
        assert has_begun.wait(timeout=20)

        check_payment(other)

        assert times_paid(other_order) == 1
        may_end.set()
        visitor.join()
