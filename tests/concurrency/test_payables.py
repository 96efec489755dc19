"""Many press the button of the same order."""

import pytest

from tests.concurrency.crowd import all_at_once, each_at_once, meeting_before
from tests.payables.models import Invoice
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.payables import earlier_payment
from wagtail_khalti.simulator.models import SimulatedPayment

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.heavy, pytest.mark.every_database]

MANY = 20
PAY = "wagtail_khalti.payables.pay"


def press(**options):
    return Invoice.objects.get().pay(base_url="http://testserver", **options)


@pytest.fixture
def invoice(transactional_db):
    return Invoice.objects.create()


@pytest.fixture
def all_have_looked(monkeypatch):
    """Nobody starts a payment before all have seen that there is none."""
    import sys

    module = sys.modules[PAY]

    def meet(count):
        monkeypatch.setattr(module, "_start", meeting_before(count, module._start))

    return meet


def test_twenty_who_have_seen_no_payment_start_one(khalti, invoice, all_have_looked):
    all_have_looked(MANY)

    payments = all_at_once(MANY, press)

    assert len({payment.pk for payment in payments}) == 1
    assert KhaltiPayment.objects.count() == SimulatedPayment.objects.count() == 1


def test_with_keys_of_chance_they_would_start_twenty(khalti, invoice, all_have_looked, monkeypatch):
    """The control: nothing but the key holds them back."""
    monkeypatch.setattr(earlier_payment.EarlierPayments, "next_key", None)
    all_have_looked(MANY)

    all_at_once(MANY, press)

    assert KhaltiPayment.objects.count() == MANY


def test_two_with_different_amounts_start_one_each(khalti, invoice, all_have_looked):
    """The price was changed between them: neither pays the amount that the other saw."""
    all_have_looked(2)

    def start(total):
        order = Invoice(pk=invoice.pk, total=total)
        order._state.adding = False
        return order.pay(base_url="http://testserver")

    first, second = each_at_once([lambda: start(1500), lambda: start(1600)])

    assert (first.amount, second.amount) == (150_000, 160_000)
    assert KhaltiPayment.objects.count() == 2
