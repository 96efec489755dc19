"""Many calls at the same moment: each trouble is met once, each call counted, nobody is turned away."""

from collections import Counter

import pytest
from django.db.models import F
from django.test import Client

from tests.concurrency.crowd import all_at_once, meeting_before
from wagtail_khalti.simulator import control
from wagtail_khalti.simulator.disturbance.faults import Fault
from wagtail_khalti.simulator.models import SimulatedPayment, Trouble

from .merchant import Merchant

pytestmark = [pytest.mark.every_database, pytest.mark.heavy, pytest.mark.django_db(transaction=True)]

MANY = 60  # threads; each has a database connection of its own, and PostgreSQL has a hundred


def look(pidx):
    return lambda: Merchant(Client()).lookup(pidx).status_code


def test_each_trouble_is_met_once(pidx):
    control.trouble("lookup", Fault.SERVER_ERROR, times=10)
    control.trouble("lookup", Fault.NOT_FOUND, times=7, pidx=pidx)

    codes = Counter(all_at_once(MANY, look(pidx)))

    assert codes == {500: 10, 404: 7, 200: MANY - 17}
    assert control.calls("lookup", pidx=pidx) == MANY


def test_a_fault_taken_without_a_condition_is_met_too_often(pidx, monkeypatch):
    """The control: the condition is what makes it once."""

    def take_one(self):
        Trouble.objects.filter(pk=self.pk).update(times_left=F("times_left"))
        return True

    monkeypatch.setattr(Trouble, "take_one", meeting_before(5, take_one))
    control.trouble("lookup", Fault.SERVER_ERROR)

    assert Counter(all_at_once(5, look(pidx)))[500] == 5


def test_payments_begin_and_are_paid_once_each(pidx):
    def begin_and_pay():
        begun = Merchant(Client()).start()
        control.pay(begun)
        return begun

    begun = all_at_once(MANY, begin_and_pay)

    assert len(set(begun)) == MANY
    assert sum(entry.paid for entry in control.payments()) == MANY * 1300
    assert SimulatedPayment.objects.count() == MANY + 1


def test_no_more_goes_back_than_was_paid(pidx):
    transaction_id = control.pay(pidx).transaction_id

    codes = Counter(all_at_once(MANY, lambda: Merchant(Client()).refund(transaction_id, amount=100).status_code))

    assert codes == {200: 13, 400: MANY - 13}
    assert [(entry.returned, entry.status) for entry in control.payments()] == [(1300, "Refunded")]


def test_everything_goes_back_once(pidx):
    transaction_id = control.pay(pidx).transaction_id

    codes = Counter(all_at_once(MANY, lambda: Merchant(Client()).refund(transaction_id).status_code))

    assert codes == {200: 1, 400: MANY - 1}
    assert [entry.returned for entry in control.payments()] == [1300]


def test_without_a_condition_more_would_go_back(pidx, monkeypatch):
    """The control: five who saw the same rest all give it back."""

    def refund(self, amount=None, **_only_if):
        return SimulatedPayment.objects.filter(pk=self.pk).update(refunded_amount=F("refunded_amount") + amount)

    monkeypatch.setattr(SimulatedPayment, "refund", meeting_before(5, refund))
    transaction_id = control.pay(pidx).transaction_id

    codes = all_at_once(5, lambda: Merchant(Client()).refund(transaction_id, amount=1300).status_code)

    assert codes == [200] * 5
    assert [entry.returned for entry in control.payments()] == [5 * 1300]
