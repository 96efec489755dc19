"""The suite lets pass what is right."""

import random
from dataclasses import replace
from unittest import SkipTest

import pytest
from django.core import mail
from django.db.models import F
from django.test import TestCase

from tests.concurrency.shop import mark_as_paid
from tests.crash.shop import Shop as CrashShop
from tests.payables.models import Invoice
from tests.shop.models import Order, Ticket
from tests.testing.conformance import receivers
from tests.testing.conformance.conftest import CHECKS, Shop, failing, trace_of
from wagtail_khalti.actions import Reservation
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.testing.conformance import RULES

RIGHT = {
    "completed": receivers.sell,
    "refunded": receivers.restock,
    "ended": receivers.release,
    "needs_attention": receivers.put_on_the_list,
}


@pytest.mark.every_database
def test_a_right_site_conforms_and_nothing_is_left_of_it(site):
    site(**RIGHT)

    assert failing() == set()
    assert (KhaltiPayment.objects.count(), Order.objects.count(), mail.outbox) == (0, 0, [])


class TestTheShop(Shop, TestCase):
    """With Django's test case; the receivers of the crash tests, which note each event."""

    exempt = {"test_money": "They sell to tests, which have no money."}

    def setUp(self):
        self.enterContext(CrashShop().open())


class TicketShop(Shop):
    def make_payable(self):
        return Ticket.objects.create()


@pytest.mark.parametrize("suite", [Shop, TicketShop])
def test_what_differs_by_chance_is_no_fault(site, suite):
    random.seed(1)
    site(completed=receivers.give_a_voucher)

    assert failing(suite) == set()


@pytest.mark.parametrize("seed", range(4))
def test_nor_is_what_is_often_the_same_by_chance(site, seed):
    random.seed(seed)
    site(completed=receivers.draw_a_gift)

    assert {check for check in ("redelivery", "kill") if trace_of(check)} == set()


class InvoiceShop(Shop):
    """Of payables that say what they cost."""

    def make_payable(self):
        return Invoice.objects.create(total=40)


def send(*, payment, is_test, **kwargs):
    if not is_test:
        Invoice.objects.filter(pk=payment.payable_id).update(name=f"sent for {payment.amount}")


class TestPayables:
    """Started as the site starts them, with two for the same thing all the same."""

    def test_it_is_paid_as_it_says(self, site):
        site(completed=send)

        assert failing(InvoiceShop) == set()
        with pytest.raises(SkipTest, match="Invoice can't be deleted once"):
            trace_of("deleted_payable", InvoiceShop)

    def test_a_second_payment_is_made(self, site):
        def count(*, payment, **kwargs):
            Invoice.objects.filter(pk=payment.payable_id).update(total=F("total") + 1)

        site(completed=count, needs_attention=count)

        trace = trace_of("duplicate_payment", InvoiceShop)

        assert trace.count("Rs\xa040 for ") == 2
        assert "the second one: " in trace

    def test_a_second_payment_needs_no_second_unit(self, site, monkeypatch):
        """Otherwise nobody could try what happens when both are paid."""
        details = Invoice.get_payment_details
        last = Reservation(key="last one", limit=1)
        monkeypatch.setattr(Invoice, "get_payment_details", lambda invoice: replace(details(invoice), reservation=last))
        site(completed=send)

        assert trace_of("duplicate_payment", InvoiceShop) == ""


class WithoutPayable(Shop):
    def make_payable(self):
        return None


@pytest.mark.parametrize("check", ["duplicate_payment", "deleted_payable"])
def test_without_a_payable_some_checks_are_skipped(site, check):
    site(completed=receivers.give_a_voucher)

    with pytest.raises(SkipTest, match=r"make_payable\(\) returns nothing"):
        trace_of(check, WithoutPayable)


class TestWhatASiteSays:
    """About itself, and why."""

    def test_an_exemption_is_shown_with_its_reason(self, site):
        site(completed=mark_as_paid)

        class Stage(Shop):
            exempt = {"test_money": "This is a stage without customers"}

        assert failing(Shop) == {"test_money"}
        assert failing(Stage) == set()
        with pytest.raises(SkipTest, match="This is a stage without customers"):
            trace_of("test_money", Stage)

    @pytest.mark.parametrize(
        ("exempt", "message"),
        [
            ({"tests": "Why not"}, "exempt has 'tests', must be one of: connections, delivery"),
            ({"kill": " "}, "exempt has no reason for 'kill'"),
        ],
    )
    def test_a_mistake_in_it_is_an_error(self, site, exempt, message):
        suite = type("Wrong", (Shop,), {"exempt": exempt})

        with pytest.raises(ValueError, match=message):
            trace_of("delivery", suite)

    def test_it_may_call_another_server(self, site):
        site(completed=receivers.texts_the_customer)

        class Texting(Shop):
            exempt = {"network": "The gateway for texts is a local process"}

        assert trace_of("delivery")
        assert trace_of("delivery", Texting) == ""

    def test_models_can_be_ignored(self, site):
        site(completed=receivers.sell)

        class Blind(Shop):
            ignored_models = ["shop.Order"]

        assert "shop.Order" not in trace_of("test_money", Blind)

    def test_a_model_that_is_not_there_is_an_error(self, site):
        suite = type("Wrong", (Shop,), {"ignored_models": ["shop.Odrer"]})

        with pytest.raises(LookupError, match=r"ignored_models has shop\.odrer, and the site has no such model"):
            trace_of("delivery", suite)


def test_all_rules_are_checked_and_named_alike():
    tests = {name.removeprefix("test_") for name in dir(Shop) if name.startswith("test_")}

    assert tests == set(CHECKS) == set(RULES) - {"network"}
