"""A site whose PostgreSQL runs transactions at another level than Django's own."""

from importlib import import_module

import pytest
from django.db import connection
from django.db.models import F
from django.utils import timezone

from tests.concurrency.crowd import all_at_once, each_at_once, meeting_before
from tests.concurrency.verdict import require_one_sale
from tests.payments import listening
from tests.shop.models import Order
from wagtail_khalti.actions import Source, check_payment
from wagtail_khalti.ledger.payment_states import transition_for
from wagtail_khalti.ledger.receipt_numbers import prepare_counter, take_number
from wagtail_khalti.models import KhaltiCheckoutView, KhaltiDelivery, KhaltiPayment
from wagtail_khalti.reporting.checkout_views import count_checkout_view

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.heavy,
    pytest.mark.every_database,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL refuses where others wait"),
]

CROWD = 12
APPLY_LOOKUP = import_module("wagtail_khalti.ledger.apply_lookup")  # in the package its name is the function's
ON_SERVER = "-c default_transaction_isolation=serializable"
IN_SETTINGS = {"repeatable read": "REPEATABLE_READ", "serializable": "SERIALIZABLE"}


@pytest.fixture
def at(monkeypatch, khalti):
    """``at("serializable")``: the level of all transactions from now on."""

    def at(level):
        name, value = "options", ON_SERVER
        if level in IN_SETTINGS:
            from psycopg import IsolationLevel

            name, value = "isolation_level", IsolationLevel[IN_SETTINGS[level]]
        if level != "read committed":
            monkeypatch.setitem(connection.settings_dict["OPTIONS"], name, value)
        connection.close()

    yield at
    connection.close()


@pytest.mark.parametrize("level", ["read committed", "repeatable read", "serializable", "serializable by the server"])
def test_of_a_crowd_one_settles_and_nobody_errs(khalti, at, begin, visit, monkeypatch, level):
    at(level)
    payment, other = begin(), begin()
    for one in (payment, other):
        khalti.pay(one)
    assert visit([khalti.return_path(other)] * CROWD) == [302] * CROWD
    require_one_sale(other)

    # Now where all of them ask Khalti, and settle at the same moment.
    monkeypatch.setattr("wagtail_khalti.public.payment.refresh.lease_for_lookup", lambda payment, **options: True)
    monkeypatch.setattr(APPLY_LOOKUP, "transition_for", meeting_before(CROWD, transition_for))
    assert visit([khalti.return_path(payment)] * CROWD) == [302] * CROWD
    require_one_sale(payment)


def test_of_two_payments_for_one_order_one_is_the_sale(khalti, at, begin, shop, monkeypatch):
    """At this level a transaction doesn't see the sale that its unique key runs into."""
    at("repeatable read")
    order = Order.objects.create()
    payments = [begin(order), begin(order)]
    for payment in payments:
        khalti.pay(payment)
    prepare_counter(payments[0], paid_at=timezone.now())
    monkeypatch.setattr(APPLY_LOOKUP, "take_number", meeting_before(2, take_number))  # the first statement

    each_at_once([lambda pk=one.pk: check_payment(KhaltiPayment.objects.get(pk=pk)) for one in payments])

    [sale] = KhaltiPayment.objects.filter(is_primary=True)
    [other] = KhaltiPayment.objects.exclude(pk=sale.pk)
    assert other.duplicate_of == sale
    assert Order.objects.get().times_paid == 1


def test_openings_are_counted_one_by_one(at):
    at("serializable by the server")

    all_at_once(CROWD, lambda: count_checkout_view(site=None, source=Source(), merchant="default"))

    assert KhaltiCheckoutView.objects.get().count == CROWD


def test_receivers_that_meet_at_a_row_are_run_again_at_once(khalti, at, begin, caplog):
    """With what they did undone; the level of their transaction is the site's own."""
    at("repeatable read")
    payments, stock = [begin() for _visitor in range(4)], Order.objects.create()
    for payment in payments:
        khalti.pay(payment)

    def take_from_stock(**kwargs):
        assert Order.objects.get(pk=stock.pk).times_paid < len(payments)
        everybody_has_read()
        Order.objects.filter(pk=stock.pk).update(times_paid=F("times_paid") + 1)

    everybody_has_read = meeting_before(len(payments), lambda: None)
    with listening("completed", take_from_stock):
        each_at_once([lambda pk=one.pk: check_payment(KhaltiPayment.objects.get(pk=pk)) for one in payments])

    assert Order.objects.get(pk=stock.pk).times_paid == len(payments)
    assert {(delivery.attempts, delivery.last_error) for delivery in KhaltiDelivery.objects.all()} == {(1, "")}
    assert not [record for record in caplog.records if record.exc_info]
