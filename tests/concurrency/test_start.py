"""Many send the same form at the same time."""

import pytest

from tests.concurrency.crowd import all_at_once, meeting_before
from wagtail_khalti.actions import initiate_payment, start_payment
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.simulator.models import SimulatedPayment

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.heavy, pytest.mark.every_database]

MANY = 20


def start(key="one"):
    return start_payment(150_000, purpose="Membership", idempotency_key=key, base_url="http://testserver")


def waiting_for_khalti():
    """A payment that was committed when Khalti was down."""
    site = "http://testserver/"
    KhaltiPayment.objects.create(
        amount=150_000,
        purpose="Membership",
        merchant="default",
        mode="simulator",
        purchase_order_id="order-7",
        return_url=site,
        website_url=site,
    )


def test_the_same_key_twenty_times_at_once_is_one_payment(khalti):
    payments = all_at_once(MANY, start)

    assert len(payments) == MANY
    assert len({payment.pk for payment in payments}) == 1
    assert SimulatedPayment.objects.count() == 1, "Khalti was asked once"
    row = KhaltiPayment.objects.get()
    assert (row.status, row.pidx) == ("initiated", SimulatedPayment.objects.get().pidx)
    assert row.events.filter(kind="created").count() == 1
    assert row.events.filter(kind="initiate_sent").count() == 1
    assert {payment.payment_url for payment in payments} <= {"", row.payment_url}


def test_without_a_key_they_are_twenty(khalti):
    """The control: nothing else holds them back."""
    all_at_once(MANY, lambda: start(key=None))

    assert KhaltiPayment.objects.count() == SimulatedPayment.objects.count() == MANY


def test_a_payment_that_waits_for_khalti_is_sent_by_one_of_many(khalti):
    waiting_for_khalti()

    all_at_once(MANY, lambda: initiate_payment(KhaltiPayment.objects.get()))

    assert SimulatedPayment.objects.count() == 1
    assert KhaltiPayment.objects.get().events.filter(kind="initiate_sent").count() == 1


def test_without_the_claim_it_would_be_sent_by_each(khalti, monkeypatch):
    """The control: the claim is what holds them back."""
    waiting_for_khalti()
    careless = meeting_before(5, lambda payment: True)
    monkeypatch.setattr("wagtail_khalti.actions.initiate._lease", careless)

    all_at_once(5, lambda: initiate_payment(KhaltiPayment.objects.get()))

    assert SimulatedPayment.objects.count() == 5
