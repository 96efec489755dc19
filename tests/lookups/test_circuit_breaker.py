"""A Khalti that keeps failing is left alone, and found again by itself."""

from types import SimpleNamespace

import pytest

from wagtail_khalti.exceptions import AnswerNotUnderstood, GatewayUnreachable, KeyRejected
from wagtail_khalti.lookups import circuit_breaker
from wagtail_khalti.lookups.circuit_breaker import FAILURES_TO_OPEN, PAUSE, CircuitBreaker

SILENCE = GatewayUnreachable("no answer")


@pytest.fixture
def breaker():
    return CircuitBreaker()


@pytest.fixture
def pass_by(monkeypatch):
    """Lets seconds pass."""
    now = [1000.0]
    monkeypatch.setattr(circuit_breaker, "time", SimpleNamespace(monotonic=lambda: now[0]))

    def pass_by(seconds):
        now[0] += seconds

    return pass_by


def fail(breaker, times, merchant="default", error=SILENCE):
    for _time in range(times):
        breaker.note(merchant, error)


def is_closed(breaker, merchant="default"):
    try:
        breaker.require_closed(merchant)
    except GatewayUnreachable:
        return False
    return True


@pytest.mark.parametrize("error", [SILENCE, AnswerNotUnderstood("HTML")])
def test_it_opens_after_failures_in_a_row(breaker, error):
    fail(breaker, FAILURES_TO_OPEN - 1, error=error)
    assert is_closed(breaker)

    fail(breaker, 1, error=error)
    assert not is_closed(breaker)


def test_an_answer_in_between_counts_anew(breaker):
    fail(breaker, FAILURES_TO_OPEN - 1)
    breaker.note("default", KeyRejected("401"))  # a clear no is an answer
    fail(breaker, FAILURES_TO_OPEN - 1)

    assert is_closed(breaker)


def test_other_merchants_are_asked(breaker):
    fail(breaker, FAILURES_TO_OPEN, merchant="default")

    assert is_closed(breaker, "books")


def test_one_probe_at_a_time_and_its_answer_closes_it(breaker, pass_by):
    fail(breaker, FAILURES_TO_OPEN)
    pass_by(PAUSE + 1)

    assert [is_closed(breaker) for _caller in range(3)] == [True, False, False]
    breaker.note("default", SILENCE)
    assert not is_closed(breaker)

    pass_by(PAUSE + 1)
    assert is_closed(breaker)
    breaker.note("default", "Completed")
    assert [is_closed(breaker) for _caller in range(3)] == [True] * 3
