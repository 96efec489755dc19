"""Many take due work in hand at the same time."""

import pytest
from django.utils import timezone

from tests.concurrency.beside import Process, beside
from tests.concurrency.crowd import all_at_once, meeting_before
from tests.concurrency.rounds import on_record
from tests.concurrency.stock import unfinished
from tests.in_full import IS_FULL
from wagtail_khalti.actions import reconcile
from wagtail_khalti.conf import configuration
from wagtail_khalti.lookups import leases
from wagtail_khalti.lookups.leases import LEASE, lease_due_payments, lease_payment
from wagtail_khalti.models import KhaltiPayment, KhaltiRun

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.heavy, pytest.mark.every_database]

DUE = 4_000 if IS_FULL else 400
MAX_COUNT = 7  # at a time, so that they meet often


def claim_some():
    return lease_due_payments(MAX_COUNT, configuration().merchants.values())


def claim_all():
    mine = []
    while leased := claim_some():
        mine += [payment.pk for payment in leased]
    return mine


@pytest.fixture
def due():
    unfinished([f"pidx-{number}" for number in range(DUE)])
    return sorted(KhaltiPayment.objects.values_list("pk", flat=True))


def test_eight_threads_share_none_and_miss_none(due):
    with on_record("claims by 8 threads", f"{DUE} due payments", claimed_twice=0, missed=0):
        shares = all_at_once(8, claim_all)

        assert sorted(pk for share in shares for pk in share) == due


@pytest.mark.in_full
def test_four_processes_share_none_and_miss_none(due):
    with on_record("claims by 4 processes", f"{DUE} due payments", claimed_twice=0, missed=0):
        claimers = [
            Process("tests.concurrency.leaser", str(MAX_COUNT), BESIDE_KHALTI="http://nobody.test") for _ in range(4)
        ]
        with beside(*claimers):
            assert [claimer.line() for claimer in claimers] == ["ready"] * 4
            for claimer in claimers:
                claimer.tell("begin")
            shares = [claimer.line().split() for claimer in claimers]

        assert sorted(int(pk) for share in shares for pk in share) == due


def test_without_the_claim_they_would_share(due, monkeypatch):
    """The control: rows that are read and then written."""

    def write(rows, lease):
        KhaltiPayment.objects.filter(pk__in=[row.pk for row in rows]).update(**lease)
        return rows

    write_later = meeting_before(2, write)
    monkeypatch.setattr(leases, "_lease", lambda due, **lease: write_later(list(due), lease))

    one, other = all_at_once(2, claim_some)

    assert one == other


def test_one_payment_is_claimed_by_one_of_twenty(due):
    for pk in due[: 50 if IS_FULL else 1]:
        payment = KhaltiPayment.objects.get(pk=pk)

        assert all_at_once(20, lambda payment=payment: lease_payment(payment)).count(True) == 1


@pytest.mark.parametrize("turn", range(10 if IS_FULL else 1))
def test_the_first_twenty_runs_ever_begin_at_once(db, turn):
    """None of them finds the row that each of them wants to write."""
    assert [done.broken for done in all_at_once(20, reconcile)] == [0] * 20
    assert KhaltiRun.objects.get(work="reconcile").finished_at is not None


@pytest.mark.parametrize("turn", range(10 if IS_FULL else 1))
def test_of_twenty_one_gets_the_turn(db, turn):
    work = KhaltiRun.Work.RECONCILE

    turns = all_at_once(20, lambda: KhaltiRun.begin_once_every(LEASE, work))
    KhaltiRun.objects.update(begun_at=timezone.now() - LEASE)
    next_turns = all_at_once(20, lambda: KhaltiRun.begin_once_every(LEASE, work))

    assert (turns.count(True), next_turns.count(True)) == (1, 1)
