"""Due work is taken in hand by one run at a time."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.payments import make_due
from wagtail_khalti.actions import check_payment
from wagtail_khalti.conf import configuration
from wagtail_khalti.lookups.leases import (
    LEASE,
    lease_due_payments,
    lease_payment,
    release_lease,
)
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.models.references import new_reference

pytestmark = [pytest.mark.every_database, pytest.mark.django_db]


def waiting(*, due_in=-1, **changes):
    """A payment that waits at Khalti, due in so many minutes."""
    due = None if due_in is None else timezone.now() + timedelta(minutes=due_in)
    row = {
        "status": "initiated",
        "merchant": "default",
        "mode": "simulator",
        "purchase_order_id": new_reference(),
        **changes,
    }
    return KhaltiPayment.objects.create(amount=1_000, next_check_at=due, **row)


def merchants(*names):
    account = configuration().merchant()
    return [replace(account, name=name) for name in names]


def test_each_of_many_merchants_is_tried_until_there_are_enough():
    waiting(merchant="silent")
    first, second = waiting(merchant="books"), waiting(merchant="shop")
    waiting(merchant="shop", due_in=0)

    assert lease_due_payments(2, merchants("default", "books", "shop")) == [first, second]


def stored(payment):
    return KhaltiPayment.objects.get(pk=payment.pk)


def test_what_is_due_is_taken_once():
    payment = waiting()

    assert lease_due_payments(10, merchants("default")) == [payment]
    assert lease_due_payments(10, merchants("default")) == []


def test_what_is_not_due_yet_or_never_is_left():
    waiting(due_in=1)
    waiting(due_in=None)

    assert lease_due_payments(10, merchants("default")) == []


def test_the_longest_overdue_come_first_and_not_more_than_wanted():
    late, latest, later = waiting(due_in=-1), waiting(due_in=-3), waiting(due_in=-2)

    assert lease_due_payments(2, merchants("default")) == [latest, later]
    assert lease_due_payments(2, merchants("default")) == [late]


def test_only_those_of_the_given_merchants_are_taken():
    waiting(merchant="silent")
    waiting(mode="live")  # begun when the merchant was another account
    other = waiting()

    assert lease_due_payments(10, merchants("default")) == [other]


def test_a_run_that_was_killed_leaves_nothing_to_clean_up(time_machine):
    payment = waiting()
    lease_due_payments(10, merchants("default"))

    time_machine.move_to(timezone.now() + LEASE - timedelta(seconds=10))
    assert lease_due_payments(10, merchants("default")) == []

    time_machine.move_to(timezone.now() + timedelta(seconds=20))
    assert lease_due_payments(10, merchants("default")) == [payment]


def test_a_released_lease_makes_a_payment_due_as_before():
    payment = waiting(due_in=-7)
    due = stored(payment).next_check_at
    [leased] = lease_due_payments(1, merchants("default"))

    release_lease(leased)

    assert (stored(payment).next_check_at, stored(payment).leased_until) == (due, None)
    assert lease_due_payments(1, merchants("default")) == [payment]


def test_giving_back_takes_nothing_from_whoever_has_it_now(time_machine):
    payment = waiting()
    [leased] = lease_due_payments(1, merchants("default"))
    time_machine.move_to(timezone.now() + LEASE + timedelta(seconds=1))
    [theirs] = lease_due_payments(1, merchants("default"))

    release_lease(leased)

    assert stored(payment).leased_until == theirs.leased_until
    assert lease_due_payments(1, merchants("default")) == []


class TestOnePayment:
    def test_can_be_claimed_whenever_it_is_due(self):
        for due_in in (None, -1, 1):
            assert lease_payment(waiting(due_in=due_in))

    def test_is_not_claimed_while_a_run_has_it(self):
        payment = waiting()
        lease_due_payments(1, merchants("default"))

        assert not lease_payment(payment)

    def test_is_not_taken_by_a_run_while_it_is_claimed(self):
        payment = waiting()
        lease_payment(payment)

        assert lease_due_payments(1, merchants("default")) == []
        assert not lease_payment(payment)

    def test_is_free_again_when_the_claim_is_over(self, time_machine):
        payment = waiting()
        lease_payment(payment)
        time_machine.move_to(timezone.now() + LEASE + timedelta(seconds=1))

        assert lease_payment(payment)

    @pytest.mark.parametrize("due_in", [None, 60])
    def test_keeps_its_own_moment_where_that_is_later_or_never(self, due_in):
        payment = waiting(due_in=due_in)
        due = stored(payment).next_check_at

        lease_payment(payment)

        assert stored(payment).next_check_at == due


def test_an_answer_ends_the_claim(khalti, payment):
    make_due()
    [leased] = lease_due_payments(1, merchants("default"))
    check_payment(leased)

    assert stored(payment).leased_until is None
    assert lease_payment(payment)
