"""Crowds around payments that end, and around money that comes after the end."""

import pytest
from django.utils import timezone

from tests.concurrency.rounds import FEWER_ROUNDS, how_many, on_record, sizes
from tests.concurrency.verdict import moves, require_one_end, require_one_late_sale, require_one_sale
from tests.payments import answer, kinds
from wagtail_khalti.ledger.apply_lookup import apply_lookup
from wagtail_khalti.models import KhaltiPayment

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.heavy, pytest.mark.every_database]


@pytest.fixture
def everybody(khalti, cashier):
    """The addresses that a crowd of this size visits; everything is due, and no page is too fresh to ask again."""

    def everybody(payment, size):
        KhaltiPayment.objects.filter(pk=payment.pk).update(next_check_at=payment.created_at, checked_at=None)
        door = f"{payment.reference}/"
        paths = [khalti.return_path(payment), f"/reconcile/{door}", f"/check-now/{door}", "/reconcile/"]
        return (paths * size)[:size]

    return everybody


@pytest.mark.parametrize("end", ["canceled", "expired"])
def test_an_end_is_delivered_once_and_late_money_sells_once(khalti, begin, visit, method, everybody, end):
    with on_record(
        f"{end}, then paid all the same, {method}", how_many(FEWER_ROUNDS), ends=1, settlements=1, effects=1
    ):
        for size in sizes(FEWER_ROUNDS):
            payment = begin()
            khalti.cancel(payment) if end == "canceled" else khalti.expire(payment)

            answers = visit(everybody(payment, size))

            assert set(answers) <= {200, 302}
            require_one_end(payment, end)

            khalti.pay(payment)
            answers = visit(everybody(payment, size))

            assert set(answers) <= {200, 302}
            require_one_late_sale(payment, end)


@pytest.mark.in_full
def test_money_that_comes_while_all_look_is_sold_once(khalti, begin, visit, method, everybody):
    """Whether it was late depends on who asked Khalti first; that it was sold does not."""
    late = 0
    with on_record(f"expired and paid in the middle, {method}", how_many(FEWER_ROUNDS), effects=1) as came_out:
        for size in sizes(FEWER_ROUNDS):
            payment = begin()
            khalti.expire(payment)

            answers = visit([*everybody(payment, size), f"/pay/{payment.pidx}/", *everybody(payment, size)])
            answers += visit(everybody(payment, 2))

            assert set(answers) <= {200, 302}
            was_late = len(moves(payment)) == 2
            require_one_late_sale(payment, "expired") if was_late else require_one_sale(payment)
            late += was_late
        came_out["late"] = late


@pytest.mark.parametrize("later", ["Expired", "User canceled"])
def test_an_older_answer_to_a_later_question_takes_nothing_back(begin, later):
    """Both were asked while the payer was paying; the line was slower for who asked first."""
    payment = begin()
    first_asked_at = timezone.now()
    then_asked_at = timezone.now()

    apply_lookup(payment, answer(payment, "Completed"), requested_at=first_asked_at)
    apply_lookup(payment, answer(payment, later), requested_at=then_asked_at)

    assert payment.status == "completed"
    assert not payment.issues.exists()
    assert kinds(payment)[-1] == "outdated"


def test_a_question_that_was_asked_afterwards_does_take_it_back(begin):
    """The control: Khalti knew of the money, and does not any more."""
    payment = begin()

    apply_lookup(payment, answer(payment, "Completed"), requested_at=timezone.now())
    apply_lookup(payment, answer(payment, "Expired"), requested_at=timezone.now())

    assert [issue.kind for issue in payment.issues.all()] == ["unexpected_status"]
