"""A run asks about what is likely to be paid, and no crowd of unfinished payments keeps it from the others."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.lookups.test_leases import merchants, waiting
from tests.payments import answer
from wagtail_khalti.embedded import CONCURRENCY, SHARE
from wagtail_khalti.ledger.apply_lookup import apply_lookup
from wagtail_khalti.ledger.schedule import next_check
from wagtail_khalti.lookups import lease_order
from wagtail_khalti.lookups.lease_order import OLDEST_DUE, LeaseQueue
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.models.references import new_reference

pytestmark = pytest.mark.django_db

UNFINISHED = 58  # a fifth of those with which it was seen, and so are all places
ANSWER_IN = 5  # seconds
MINUTE = timedelta(minutes=1)
IN_A_RUN = int(CONCURRENCY * 60 * SHARE / ANSWER_IN)


def lease(places, run=None):
    return (run or LeaseQueue()).lease(places, merchants("default"))


@pytest.mark.every_database
def test_half_are_the_longest_overdue_and_half_the_newly_due():
    first, second, third, _fourth, fifth, sixth = [waiting(due_in=due_in) for due_in in (-9, -8, -7, -6, -5, -4)]

    assert lease(5) == [first, second, third, sixth, fifth]


@pytest.mark.every_database
def test_signs_of_life_come_before_the_newly_due():
    overdue, lively, new, newer = [waiting(due_in=due_in, is_urgent=due_in == -8) for due_in in (-9, -8, -3, -2)]

    assert lease(2) == [overdue, lively]
    assert lease(2) == [new, newer]


def test_a_single_place_is_of_each_in_turn():
    overdue, other, new = [waiting(due_in=due_in) for due_in in (-9, -8, -3)]
    run = LeaseQueue()

    assert [lease(1, run) for _turn in range(4)] == [[overdue], [new], [other], []]


def test_what_is_due_once_is_taken_once():
    payment = waiting(is_urgent=True)

    assert lease(8) == [payment]


def test_a_payer_seen_paying_is_urgent_until_khalti_disagrees(payment):
    for status, is_urgent in (("Pending", True), ("Completed", False)):
        apply_lookup(payment, answer(payment, status), requested_at=timezone.now())

        payment.refresh_from_db()
        assert payment.is_urgent is is_urgent


class Minutes:
    """Page views each minute, and a Khalti that says of each payment that nobody has paid yet."""

    def __init__(self, clock, *, in_a_run):
        self.clock, self.in_a_run, self.past = clock, in_a_run, 0

    def pass_by(self):
        self.clock.shift(MINUTE)
        self.past += 1

    def run(self):
        run, asked = LeaseQueue(), []
        while (room := min(8, self.in_a_run - len(asked))) and (leased := lease(room, run)):
            asked += leased
        for payment in asked:
            payment.next_check_at, payment.leased_until = next_check(payment, {}, now=timezone.now()), None
        KhaltiPayment.objects.bulk_update(asked, ["next_check_at", "leased_until"])
        return asked

    def until_asked(self, payment, *, more=0):
        """``more`` others become due each minute."""
        while payment not in self.run():
            self.pass_by()
            start(more, due=timezone.now())
        return self.past


def start(count, *, due):
    """So many whose visitors went to Khalti, and were not seen again."""
    row = {"status": "initiated", "merchant": "default", "mode": "simulator", "amount": 1_000}
    KhaltiPayment.objects.bulk_create(
        KhaltiPayment(**row, purchase_order_id=new_reference(), initiated_at=due - MINUTE, next_check_at=due)
        for _ in range(count)
    )


@pytest.fixture
def minutes(time_machine):
    def minutes(*, in_a_run=IN_A_RUN):
        start(UNFINISHED, due=timezone.now() - MINUTE)
        time_machine.move_to(timezone.now(), tick=False)
        return Minutes(time_machine, in_a_run=in_a_run)

    return minutes


def just_paid():
    return waiting(due_in=0, initiated_at=timezone.now() - MINUTE)


def test_what_was_just_paid_is_asked_about_in_the_next_run(minutes):
    minutes = minutes()

    assert minutes.until_asked(just_paid()) == 0


def test_nor_is_it_later_than_the_bound_while_more_are_started(minutes):
    minutes = minutes()

    assert 0 < minutes.until_asked(overtaken(), more=IN_A_RUN) <= UNFINISHED * ANSWER_IN / 60


def overtaken():
    """Due, and others that became due later are first in the other half."""
    payment = just_paid()
    start(IN_A_RUN, due=timezone.now())
    return payment


def test_the_longest_overdue_alone_make_it_wait_an_hour(minutes, monkeypatch):
    """The control: what was done before."""
    monkeypatch.setattr(lease_order, "LIKELY", OLDEST_DUE)
    minutes = minutes(in_a_run=1)

    assert minutes.until_asked(just_paid()) > 50
