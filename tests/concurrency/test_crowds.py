"""Browsers, schedules and people find out about the same payment at the same moment."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.test import Client

from tests.concurrency.crowd import all_at_once, meeting_before
from tests.concurrency.rounds import ROUNDS, how_many, on_record, sizes
from tests.concurrency.shop import without_the_gate
from tests.concurrency.verdict import moves, require_one_sale, times_paid
from wagtail_khalti.ledger.payment_states import transition_for
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.outbox.deliver import deliver

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.heavy, pytest.mark.every_database]

APPLY_LOOKUP = import_module("wagtail_khalti.ledger.apply_lookup")  # in the package its name is the function's
ONCE = {"settlements": 1, "deliveries": 1, "effects": 1, "errors": 0}


@pytest.mark.parametrize("method", ["from threads", "to server processes"], indirect=True)
def test_of_many_callbacks_one_settles_and_one_delivers(khalti, begin, visit, method):
    with on_record(f"callbacks, {method}", how_many(ROUNDS), **ONCE):
        for size in sizes(ROUNDS):
            payment = begin()
            khalti.pay(payment)

            answers = visit([khalti.return_path(payment)] * size)

            assert answers == [302] * size
            require_one_sale(payment)


@pytest.mark.in_full
def test_nor_does_it_matter_who_finds_out(khalti, begin, visit, method, cashier):
    """Callbacks, a run for this payment, "check now", and a run for all that is due, in turn."""

    def everybody(payment):
        door = f"{payment.reference}/"
        return [khalti.return_path(payment), f"/reconcile/{door}", f"/check-now/{door}", "/reconcile/"]

    with on_record(f"callbacks, runs and “check now”, {method}", how_many(ROUNDS), **ONCE):
        for size in sizes(ROUNDS):
            payment = begin()
            khalti.pay(payment)
            KhaltiPayment.objects.filter(pk=payment.pk).update(next_check_at=payment.created_at)

            answers = visit((everybody(payment) * size)[:size])

            assert set(answers) <= {200, 302}
            require_one_sale(payment)


@pytest.mark.in_full
def test_of_many_who_come_again_one_asks(khalti, begin, visit, method):
    """The others see what is known: a crowd on a waiting page must not hammer Khalti."""
    payment = begin()
    khalti.begin(payment)
    visit([khalti.return_path(payment)])
    for times in range(1, 6):
        KhaltiPayment.objects.filter(pk=payment.pk).update(checked_at=payment.created_at - timedelta(minutes=5))

        answers = visit([khalti.return_path(payment)] * 20)

        assert answers == [302] * 20
        assert khalti.calls("lookup", payment) == 1 + times


@pytest.mark.usefixtures("shop")
def test_without_the_gate_each_thread_settles(khalti, begin, monkeypatch):
    """The control: the same crowd, on a site that reads a status and then writes it."""
    payment = begin()
    khalti.pay(payment)
    monkeypatch.setattr(APPLY_LOOKUP, "transition_for", meeting_before(10, transition_for))

    with without_the_gate():
        all_at_once(10, lambda: Client().get(khalti.return_path(payment)))
    deliver(payment)  # what waited while another of them delivered

    assert moves(payment) == ["completed"] * 10
    assert times_paid(payment) == 10
    with on_record("control without the gate, from threads", "1 of 10", settlements=10, effects=10):
        pass


def test_without_the_gate_several_server_processes_settle(khalti, begin, sites_without_the_gate):
    """The control. How many there are is a matter of luck, so that a crowd may have to gather more than once."""
    for _try in range(10):
        payment = begin()
        khalti.pay(payment)

        sites_without_the_gate.visit([khalti.return_path(payment)] * 10)

        if times_paid(payment) > 1:
            break

    assert len(moves(payment)) > 1
    assert times_paid(payment) > 1
    came_out = {"settlements": len(moves(payment)), "effects": times_paid(payment)}
    with on_record("control without the gate, to server processes", "1 of 10", **came_out):
        pass
