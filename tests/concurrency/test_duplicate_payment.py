"""Two payments for one order are confirmed at the same moment."""

from importlib import import_module

import pytest

from tests.concurrency.crowd import each_at_once, meeting_before
from tests.concurrency.rounds import FEWER_ROUNDS, how_many, on_record, sizes
from tests.concurrency.verdict import deliveries_of, moves, require_one_sale, times_paid
from tests.shop.models import Order
from wagtail_khalti.actions import check_payment
from wagtail_khalti.ledger.apply_lookup import _update_if_unchanged
from wagtail_khalti.ledger.payment_states import transition_for
from wagtail_khalti.models import KhaltiPayment

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.heavy, pytest.mark.every_database]

APPLY_LOOKUP = import_module("wagtail_khalti.ledger.apply_lookup")  # in the package its name is the function's


@pytest.fixture
def paid_twice(khalti, begin):
    """Makes two payments of one order, both of them paid at Khalti."""

    def paid_twice(count=2):
        order = Order.objects.create()
        payments = [begin(order) for _payment in range(count)]
        for payment in payments:
            khalti.pay(payment)
        return payments

    return paid_twice


def sale_and_others(payments):
    for payment in payments:
        payment.refresh_from_db()
    sales = [payment for payment in payments if payment.is_primary]
    assert len(sales) == 1
    return sales[0], [payment for payment in payments if not payment.is_primary]


def require_second_payment(payment, *, sale):
    """The money is there; nothing was sold for it; a person knows."""
    assert (payment.status, payment.duplicate_of) == ("completed", sale)
    assert moves(payment) == ["completed"]
    assert deliveries_of(payment) == [("needs_attention", 1, "")]
    assert [(issue.kind, issue.is_open) for issue in payment.issues.all()] == [("duplicate_payment", True)]


@pytest.mark.parametrize("count", [2, 5])
def test_one_of_them_is_the_sale(khalti, paid_twice, visit, method, count):
    with on_record(f"{count} payments of one order, {method}", how_many(FEWER_ROUNDS), effects=1, second=count - 1):
        for size in sizes(FEWER_ROUNDS):
            payments = paid_twice(count)
            visits = max(size, count)

            answers = visit(([khalti.return_path(payment) for payment in payments] * visits)[:visits])

            assert answers == [302] * visits
            sale, others = sale_and_others(payments)
            require_one_sale(sale)
            for other in others:
                require_second_payment(other, sale=sale)


@pytest.mark.usefixtures("shop")
def test_without_the_unique_mark_both_are_sold(paid_twice, monkeypatch):
    """The control: the database's constraint is what lets one through."""
    monkeypatch.setattr(APPLY_LOOKUP, "_update_as_primary", _update_if_unchanged)
    monkeypatch.setattr(APPLY_LOOKUP, "transition_for", meeting_before(2, transition_for))
    payments = paid_twice()

    each_at_once([lambda pk=one.pk: check_payment(KhaltiPayment.objects.get(pk=pk)) for one in payments])

    assert times_paid(payments[0]) == 2
    with on_record("control without the unique mark, from threads", "1 of 2", effects=2):
        pass
