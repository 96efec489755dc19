"""When a merchant's Khalti is not worth asking any more in a run."""

import pytest

from wagtail_khalti.exceptions import (
    AnswerNotUnderstood,
    ConnectionNeverMade,
    GatewayUnreachable,
    KeyRejected,
    PidxNotFound,
)
from wagtail_khalti.gateway import Lookup
from wagtail_khalti.lookups import run_breaker
from wagtail_khalti.lookups.run_breaker import MAX_FAILURES, MAX_SILENCE, MIN_FAILURES, RunBreaker

pytestmark = pytest.mark.every_database

DOWN = GatewayUnreachable("down")
ANSWER = Lookup.from_json({"pidx": "p", "status": "Pending", "total_amount": 1_000})


@pytest.fixture
def clock(monkeypatch):
    """Stands still until it is moved."""

    class Clock:
        now = 1000.0

    monkeypatch.setattr(run_breaker.time, "monotonic", lambda: Clock.now)
    return Clock


def after(*errors, outages=None):
    outages = outages or RunBreaker()
    for error in errors:
        outages.note("default", error)
    return outages


NONSENSE = AnswerNotUnderstood("<html>")


@pytest.mark.parametrize("silence", [DOWN, NONSENSE, ConnectionNeverMade("refused")])
def test_many_failures_in_a_row_end_it(silence):
    assert after(*[silence] * (MAX_FAILURES - 1)).reasons == {}
    assert after(*[silence] * MAX_FAILURES).reasons == {"default": str(silence)}


@pytest.mark.parametrize("sign_of_life", [ANSWER, PidxNotFound("p")])
def test_any_answer_that_can_be_read_begins_the_row_anew(sign_of_life):
    row = [DOWN] * (MAX_FAILURES - 1)

    assert after(*row, sign_of_life, *row).reasons == {}


def test_a_few_failures_are_enough_where_nothing_came_for_long(clock):
    outages = after(ANSWER, *[DOWN] * (MIN_FAILURES - 1))
    clock.now += MAX_SILENCE
    assert outages.reasons == {}

    after(DOWN, outages=outages)

    assert list(outages.reasons) == ["default"]


def test_a_few_failures_soon_after_an_answer_end_nothing(clock):
    outages = after(ANSWER, *[DOWN] * MIN_FAILURES)
    clock.now += MAX_SILENCE
    after(ANSWER, *[DOWN] * MIN_FAILURES, outages=outages)

    assert outages.reasons == {}


@pytest.mark.parametrize("word", [KeyRejected("401"), GatewayUnreachable("429", retry_after=0)])
def test_a_few_clear_words_in_a_row_are_enough(word):
    """One may be about that payment only."""
    assert after(*[word] * (MIN_FAILURES - 1)).reasons == {}
    assert after(*[word] * MIN_FAILURES).reasons == {"default": str(word)}


def test_each_merchant_has_a_line_of_its_own():
    outages = RunBreaker()
    for _time in range(MAX_FAILURES):
        outages.note("silent", DOWN)
        outages.note("answering", ANSWER)

    assert list(outages.reasons) == ["silent"]
