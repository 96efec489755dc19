"""Many questions at a time, and none of them lost."""

import threading

import pytest

from wagtail_khalti.exceptions import PidxNotFound
from wagtail_khalti.lookups import batch
from wagtail_khalti.lookups.attempt import LookupAttempt
from wagtail_khalti.lookups.batch import LookupBatch
from wagtail_khalti.models import KhaltiPayment

pytestmark = pytest.mark.every_database


def payments(count, **marks):
    return [KhaltiPayment(pk=number, merchant="default", **marks) for number in range(count)]


@pytest.fixture
def khaltis_answer(monkeypatch):
    """Nobody is answered before this is set."""
    answer = threading.Event()

    def attempt_lookup(payment):
        assert answer.wait(timeout=30)
        return LookupAttempt(requested_at=payment.pk, outcome=PidxNotFound("p"))

    monkeypatch.setattr(batch, "attempt_lookup", attempt_lookup)
    return answer


def test_one_at_a_time_needs_no_thread(monkeypatch):
    askers = []
    monkeypatch.setattr(batch, "attempt_lookup", lambda payment, **options: askers.append(threading.current_thread()))

    with LookupBatch(1) as one_by_one:
        [payment] = payments(1)
        one_by_one.add(payment)
        [(answered, _attempt)] = one_by_one.completed()

    assert answered is payment
    assert askers == [threading.current_thread()]


def test_every_answer_comes_with_its_question(khaltis_answer):
    khaltis_answer.set()
    come = {}
    with LookupBatch(4) as many:
        for payment in payments(8):
            many.add(payment)
        while many:
            come.update((payment.pk, coming.result().requested_at) for payment, coming in many.completed())

    assert come == {number: number for number in range(8)}


def test_room_is_twice_the_concurrency_and_is_filled_in_halves(khaltis_answer):
    with LookupBatch(4) as many:
        rooms = []
        for payment in payments(8):
            rooms.append(many.room)
            many.add(payment)
        khaltis_answer.set()

    assert rooms == [8, 7, 6, 5, 4, 0, 0, 0]


def test_pending_lookups_are_taken_back_and_the_rest_awaited(khaltis_answer):
    asked = payments(6)
    with LookupBatch(2) as many:
        for payment in asked:
            many.add(payment)

        taken_back = many.cancel_waiting()

        assert 4 <= len(taken_back) <= 6
        khaltis_answer.set()
        answered = []
        while many:
            answered += [payment for payment, _attempt in many.completed()]

    assert sorted(payment.pk for payment in taken_back + answered) == [payment.pk for payment in asked]


def test_only_those_of_some_merchants_are_taken_back(khaltis_answer):
    with LookupBatch(2) as many:
        for number, merchant in enumerate(["silent", "well"] * 4):
            many.add(KhaltiPayment(pk=number, merchant=merchant))

        taken_back = many.cancel_waiting(["silent"])

        assert {payment.merchant for payment in taken_back} == {"silent"}
        khaltis_answer.set()
        kept = []
        while many:
            kept += [payment.merchant for payment, _attempt in many.completed()]
    assert kept.count("well") == 4


def test_no_thread_is_left_behind(khaltis_answer):
    before = threading.active_count()
    khaltis_answer.set()

    def is_interrupted():
        with LookupBatch(4) as many:
            for payment in payments(8):
                many.add(payment)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        is_interrupted()

    assert threading.active_count() == before
