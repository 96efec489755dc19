"""The controls: with one safeguard taken away, the same kills find what is lost, or done twice."""

from importlib import import_module

import pytest
from django.db import transaction
from django.utils import timezone

from tests.crash.scenarios import a_check, a_run, a_start_from_code
from wagtail_khalti.actions import initiate, start
from wagtail_khalti.gateway import connect
from wagtail_khalti.lookups import leases
from wagtail_khalti.lookups.merchants import merchant_of
from wagtail_khalti.models import KhaltiEvent, KhaltiPayment
from wagtail_khalti.outbox.receivers import SIGNALS

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.heavy, pytest.mark.every_database]

APPLY_LOOKUP = import_module("wagtail_khalti.ledger.apply_lookup")  # in the package its name is the function's
DELIVER = import_module("wagtail_khalti.outbox.deliver")


@pytest.mark.in_full
def test_a_payment_stored_only_after_initiate_may_be_unknown(harness, monkeypatch):
    def send_and_commit(payment, *, actor):
        earlier = KhaltiPayment.objects.filter(idempotency_key=payment.idempotency_key).first()
        if earlier:
            return earlier
        answer = connect(merchant_of(payment)).initiate(initiate._request(payment))
        payment.status, payment.next_check_at = "initiated", timezone.now()
        payment.pidx, payment.payment_url, payment.expires_at = answer.pidx, answer.payment_url, answer.expires_at
        with transaction.atomic():
            payment.save()
            for kind in (KhaltiEvent.Kind.CREATED, KhaltiEvent.Kind.INITIATED):
                KhaltiEvent.about(payment, kind, actor=actor).save()
        return payment

    monkeypatch.setattr(start, "_commit_and_send", send_and_commit)

    faults = harness.kill_at_every_step(a_start_from_code).faults

    assert any("Khalti has an order that we have not" in fault for fault in faults)
    assert not any("unharmed" in fault for fault in faults)


def test_a_mark_outside_the_transaction_lets_them_work_twice(harness, monkeypatch):
    def deliver_carelessly(delivery):
        with transaction.atomic():
            SIGNALS[delivery.event_type].send(sender=KhaltiPayment, payment=delivery.payment)
        delivery.unmarked().update(delivered_at=timezone.now(), next_try_at=None)

    monkeypatch.setattr(DELIVER, "run_receivers", deliver_carelessly)

    faults = harness.kill_at_every_step(a_check).faults

    assert any("completed told 1 times, done 2 times" in fault for fault in faults)
    assert any("sold 1 times, given away 2 times" in fault for fault in faults)
    assert not any("unharmed" in fault for fault in faults)


@pytest.mark.in_full
def test_events_that_are_written_after_the_fact_are_lost(harness, monkeypatch):
    notify = APPLY_LOOKUP._notify
    monkeypatch.setattr(APPLY_LOOKUP, "_notify", lambda *facts: transaction.on_commit(lambda: notify(*facts)))

    faults = harness.kill_at_every_step(a_check).faults

    assert any("completed told 0 times, not 1 times" in fault for fault in faults)
    assert not any("unharmed" in fault for fault in faults)


@pytest.mark.in_full
def test_a_claim_that_never_ends_is_never_worked_on_again(harness, monkeypatch):
    monkeypatch.setattr(leases, "LEASE", leases.LEASE * 10_000)

    faults = harness.kill_at_every_step(a_run, comes_back=False).faults

    assert any("initiated here, Completed at Khalti" in fault for fault in faults)
    assert not any("unharmed" in fault for fault in faults)
