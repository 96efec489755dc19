"""More visitors than units, all at once."""

from collections import Counter
from importlib import import_module

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client

from tests.concurrency.crowd import Meeting, all_at_once, each_at_once
from tests.concurrency.rounds import on_record
from tests.in_full import IS_FULL
from wagtail_khalti.actions import Reservation, check_payment, start, start_payment
from wagtail_khalti.exceptions import SoldOut
from wagtail_khalti.ledger import availability, inventory, inventory_of
from wagtail_khalti.models import KhaltiInventory, KhaltiIssue, KhaltiPayment
from wagtail_khalti.simulator.models import SimulatedPayment

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.heavy, pytest.mark.every_database]

APPLY_LOOKUP = import_module("wagtail_khalti.ledger.apply_lookup")  # in the package its name is the function's
VISITORS, UNITS = (100, 60) if IS_FULL else (10, 6)
CROWD = f"{VISITORS} visitors, {UNITS} units"


@pytest.mark.parametrize("method", ["from threads", "to server processes"], indirect=True)
def test_no_more_payments_start_than_there_are_units(khalti, visit, method):
    with on_record(f"orders of a limited number, {method}", CROWD, sold=UNITS, refused=VISITORS - UNITS, errors=0):
        answers = visit([f"/order/concert/{UNITS}/"] * VISITORS)

        assert Counter(answers) == {200: UNITS, 409: VISITORS - UNITS}
        assert KhaltiPayment.objects.count() == UNITS
        found = availability(KhaltiInventory.objects.get(), "simulator")
        assert (found.sold, found.being_paid, found.available) == (0, UNITS, 0)


def test_without_the_lock_each_of_them_gets_the_last_unit(khalti, monkeypatch):
    """The control: as it would be written at first, count and then insert."""
    last, meeting = Reservation(key="concert", limit=1), Meeting(5)

    def count_carelessly(reservation):
        found = inventory_of(reservation)
        if availability(found, "simulator").available < reservation.units:
            raise SoldOut("too late")
        meeting.join()
        return found

    monkeypatch.setattr(start, "inventory_of", count_carelessly)
    monkeypatch.setattr(start, "reserve_units", lambda payment, *, limit: None)

    all_at_once(5, lambda: start_payment(150_000, purpose="Seat", base_url="http://testserver", reservation=last))

    assert KhaltiPayment.objects.count() == 5
    with on_record("control without the lock, from threads", "5 visitors, 1 unit", sold=5):
        pass


def test_as_many_of_a_crowd_on_a_cached_page_pay_as_can(khalti, shop_page, client):
    shop = shop_page(limit={"units": UNITS}, fields=["name"])
    offer = BeautifulSoup(client.get(shop.url).content, "lxml").select_one("a.khalti-button")["href"]

    with on_record("visitors of a cached page who pay", CROWD, sold=UNITS, told=VISITORS - UNITS, errors=0):
        outcomes = all_at_once(VISITORS, lambda: buy(offer, khalti))

        assert Counter(outcomes) == {"paid": UNITS, "told": VISITORS - UNITS}
        assert KhaltiPayment.objects.filter(status="completed").count() == KhaltiPayment.objects.count() == UNITS
        assert SimulatedPayment.objects.count() == UNITS, "the others were told before Khalti was asked"
        assert not KhaltiPayment.objects.exclude(issues=None).exists()


def buy(offer, khalti):
    """Whoever the form is shown to presses the button; whoever comes to Khalti pays, and comes back."""
    visitor = Client(enforce_csrf_checks=True)
    page = visitor.get(offer)
    if page.status_code == 410:
        return "told"
    fields = BeautifulSoup(page.content, "lxml").select("form input")
    form = {field["name"]: field.get("value", "") for field in fields} | {"name": "Sita Rai"}
    answer = visitor.post(offer, form)
    if answer.status_code == 200:
        return "told" if "Sold out" in answer.content.decode() else "lost"
    payment = KhaltiPayment.objects.get(pidx=answer.url.rpartition("=")[2])
    khalti.pay(payment)
    receipt = visitor.get(khalti.return_path(payment), follow=True)
    return "paid" if 'data-state="completed"' in receipt.content.decode() else f"lost at {receipt.request}"


@pytest.fixture
def released(khalti):
    """Two payments for one unit, one after the other: each of them expired, and was paid all the same."""
    last = Reservation(key="concert", limit=1)
    payments = []
    for _visitor in range(2):
        payments.append(start_payment(150_000, purpose="Seat", base_url="http://testserver", reservation=last))
        khalti.expire(payments[-1])
        check_payment(payments[-1])
    for payment in payments:
        khalti.pay(payment)
    return payments


def check_at_once(payments):
    each_at_once(
        [lambda payment=payment: check_payment(KhaltiPayment.objects.get(pk=payment.pk)) for payment in payments]
    )
    return sorted(KhaltiIssue.objects.values_list("kind", flat=True))


def test_of_two_late_payments_for_one_unit_one_is_oversold(released):
    assert check_at_once(released) == ["late_payment", "oversold"]


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite refuses a write that follows a read")
def test_without_the_lock_neither_of_them_sees_the_other(released, monkeypatch):
    """The control. The receipt numbers of an account would make the second one wait, too."""
    meeting = Meeting(2)
    monkeypatch.setattr(APPLY_LOOKUP, "take_number", lambda payment, paid_at: {})

    def count_carelessly(payment, limit=None):
        others = KhaltiPayment.objects.exclude(pk=payment.pk)
        found = inventory._availability(others, 1)
        meeting.join()
        return found

    monkeypatch.setattr(inventory, "_locked_availability", count_carelessly)

    assert check_at_once(released) == ["late_payment", "late_payment"]
