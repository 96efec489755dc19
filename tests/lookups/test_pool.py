"""A request waits briefly; what comes later is used all the same."""

import threading

import pytest

from wagtail_khalti.exceptions import AnswerDelayed, GatewayUnreachable, RequestRejected
from wagtail_khalti.lookups import pool as pools
from wagtail_khalti.lookups.pool import LookupPool

LONG = 30  # seconds; no test waits for them


@pytest.fixture
def pool(settings):
    pool = LookupPool()
    yield pool
    pool.wait()


@pytest.fixture
def max_wait(settings):
    def wait(seconds):
        settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "MAX_WAIT": seconds}

    return wait


class Khalti:
    """Answers when it is told to."""

    def __init__(self, outcome="Completed"):
        self.may_answer, self.outcome = threading.Event(), outcome

    def __call__(self):
        assert self.may_answer.wait(LONG)
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


class Late:
    """What is done with a late answer."""

    def __init__(self):
        self.heard, self.thread, self.came = None, None, threading.Event()

    def __call__(self, outcome):
        self.heard, self.thread = outcome, threading.current_thread()
        self.came.set()


def never(outcome):
    raise AssertionError(f"{outcome} was not late")


def test_a_quick_answer_is_given_and_not_told_again(pool):
    assert pool.call("default", lambda: "Completed", use_late_answer=never) == "Completed"


def test_what_khalti_refuses_is_raised(pool):
    def refuse():
        raise RequestRejected({"amount": "no"})

    with pytest.raises(RequestRejected):
        pool.call("default", refuse, use_late_answer=never)


@pytest.mark.parametrize("outcome", ["Completed", GatewayUnreachable("no answer")], ids=repr)
def test_a_late_answer_is_used_elsewhere(pool, max_wait, outcome):
    max_wait(0.01)
    khalti, late = Khalti(outcome), Late()

    with pytest.raises(AnswerDelayed):
        pool.call("default", khalti, use_late_answer=late)
    assert late.heard is None

    khalti.may_answer.set()
    assert late.came.wait(LONG)
    assert late.heard is outcome
    assert late.thread is not threading.current_thread()


def test_an_error_of_ours_is_raised_and_leaves_room(pool, monkeypatch):
    def break_down():
        raise ZeroDivisionError

    for _time in range(pools.POOL_SIZE + 1):
        with pytest.raises(ZeroDivisionError):
            pool.call("default", break_down, use_late_answer=never)


def test_after_one_waited_in_vain_nobody_waits_until_it_is_quick(pool, max_wait):
    max_wait(0.01)
    slow, late = Khalti(), Late()
    with pytest.raises(AnswerDelayed):
        pool.call("default", slow, use_late_answer=late)
    slow.may_answer.set()
    assert late.came.wait(LONG)
    max_wait(LONG)
    assert pool._max_wait() == 0

    quick, late = Khalti(), Late()
    with pytest.raises(AnswerDelayed):
        pool.call("default", quick, use_late_answer=late)
    quick.may_answer.set()
    assert late.came.wait(LONG)
    assert pool._max_wait() == LONG


def test_one_that_is_stuck_says_nothing_once_others_are_answered(pool, max_wait):
    max_wait(0.01)
    stuck, late = Khalti(), Late()
    with pytest.raises(AnswerDelayed):
        pool.call("default", stuck, use_late_answer=late)
    max_wait(LONG)

    pool.call("default", lambda: "Completed", use_late_answer=never)
    max_wait(0.005)

    assert pool._max_wait() == 0.005
    stuck.may_answer.set()


def test_there_is_an_end_to_how_many_are_asked_at_once(pool, max_wait, monkeypatch):
    monkeypatch.setattr(pools, "POOL_SIZE", 2)
    pool = LookupPool()
    max_wait(0.001)
    slow = Khalti()
    for _number in range(2):
        with pytest.raises(AnswerDelayed):
            pool.call("default", slow, use_late_answer=lambda outcome: None)

    with pytest.raises(GatewayUnreachable, match="2 requests"):
        pool.call("default", slow, use_late_answer=never)

    slow.may_answer.set()
    pool.wait()
    assert pool.call("default", lambda: "Completed", use_late_answer=never) == "Completed"


def test_failures_open_the_circuit_for_all(pool):
    def be_silent():
        raise GatewayUnreachable("no answer")

    for _time in range(5):
        with pytest.raises(GatewayUnreachable, match="no answer"):
            pool.call("default", be_silent, use_late_answer=never)

    with pytest.raises(GatewayUnreachable, match="not calling it"):
        pool.call("default", never, use_late_answer=never)
