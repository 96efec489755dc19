"""When Khalti is asked again without anybody's doing."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wagtail_khalti.ledger.schedule import is_over, next_check, next_check_after_silence
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.models.status import PAID, SOFT_ENDS, Status

START = datetime(2026, 11, 21, 10, tzinfo=UTC)
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


def payment_of(status=Status.INITIATED, **changes):
    """Begun at ``START``; its link lives for an hour."""
    marks = {"initiated_at": START, "created_at": START, "expires_at": START + HOUR, "pidx": "p"}
    if status in PAID:
        marks["completed_at"] = START
    if status in SOFT_ENDS:
        marks["ended_at"] = START
    return KhaltiPayment(status=status, **{**marks, **changes})


def checks_of(payment, *, until, first=START + MINUTE, ends_at=None):
    """When it is asked about, if each check is made when it is due and Khalti says nothing new before ``ends_at``."""
    moments, due = [], first
    while due is not None and due <= until:
        moments.append(due)
        changes = {}
        if ends_at and due >= ends_at and payment.status not in SOFT_ENDS:
            changes = {"status": Status.EXPIRED, "ended_at": due}
        due = next_check(payment, changes, now=moments[-1])
        for name, value in changes.items():
            setattr(payment, name, value)
    return moments


def test_an_unfinished_payment_is_looked_up_seventeen_times():
    moments = checks_of(payment_of(), until=START + 365 * DAY, ends_at=START + HOUR)

    minutes = [(moment - START) / MINUTE for moment in moments]
    assert minutes[:10] == [1, 2, 4, 8, 16, 26, 36, 46, 56, 60.25], "ever rarer, and once just after its time is over"
    end = moments[9]
    assert [moment - end for moment in moments[10:]] == [DAY * number for number in range(1, 8)]


def test_a_link_of_the_sandbox_is_asked_about_fourteen_times():
    """Its links live for half as long."""
    payment = payment_of(expires_at=START + 30 * MINUTE)

    assert len(checks_of(payment, until=START + 365 * DAY, ends_at=START + 30 * MINUTE)) == 14


def test_without_a_final_status_it_goes_on_past_the_links_expiry():
    moments = checks_of(payment_of(), until=START + 30 * DAY)

    pauses = [later - earlier for earlier, later in pairwise(moments)]
    after_expiry = pauses[9:]
    assert after_expiry == sorted(after_expiry), "ever rarer"
    assert max(after_expiry) == DAY
    assert 10 + 10 + 28 <= len(moments) <= 10 + 12 + 30, "then daily"


def test_a_link_without_an_end_has_the_usual_life():
    until = START + 365 * DAY

    usual = checks_of(payment_of(), until=until, ends_at=START + HOUR)

    assert checks_of(payment_of(expires_at=None), until=until, ends_at=START + HOUR) == usual
    assert not is_over(payment_of(expires_at=None), START + HOUR)
    assert is_over(payment_of(expires_at=None), START + HOUR + MINUTE)


@pytest.mark.parametrize("status", sorted(PAID - {Status.REFUNDED}))
def test_a_paid_payment_is_rechecked_after_1_7_30_and_90_days(status):
    payment = payment_of(status)
    first = next_check(payment, {}, now=START)

    moments = checks_of(payment, until=START + 1000 * DAY, first=first)

    assert [moment - START for moment in moments] == [DAY, 7 * DAY, 30 * DAY, 90 * DAY]


def test_a_site_that_slept_does_not_catch_up_on_what_it_missed():
    assert next_check(payment_of(Status.COMPLETED), {}, now=START + 10 * DAY) == START + 30 * DAY


def test_what_is_wholly_given_back_is_never_asked_about_again():
    assert next_check(payment_of(Status.REFUNDED), {}, now=START) is None
    assert next_check(payment_of(Status.COMPLETED), {"status": Status.REFUNDED}, now=START) is None
    assert next_check_after_silence(payment_of(Status.REFUNDED), now=START) is None


def test_what_an_answer_is_about_to_change_counts_already():
    changes = {"status": Status.COMPLETED, "completed_at": START + HOUR}

    assert next_check(payment_of(), changes, now=START + HOUR) == START + HOUR + DAY


def test_what_khalti_never_heard_of_is_not_asked_about():
    assert next_check_after_silence(payment_of(Status.CREATED, pidx=None), now=START) is None


@pytest.mark.parametrize("status", sorted((PAID | SOFT_ENDS) - {Status.REFUNDED}))
def test_after_an_end_or_payment_silence_is_daily_for_90_days(status):
    payment = payment_of(status)

    for days in (0, 1, 89):
        now = START + days * DAY
        assert next_check_after_silence(payment, now=now) == now + DAY
    assert next_check_after_silence(payment, now=START + 90 * DAY) is None


def test_silence_is_met_with_longer_and_longer_pauses():
    payment, now, pauses = payment_of(), START, []
    for _time in range(20):
        due = next_check_after_silence(payment, now=now)
        pauses.append(due - now)
        now = due

    assert [pause / MINUTE for pause in pauses[:6]] == [1, 1, 2, 4, 8, 16]
    assert pauses == sorted(pauses)
    assert max(pauses) == 6 * HOUR


@pytest.mark.parametrize(
    ("asked_for", "pause"),
    [(None, MINUTE), (0, MINUTE), (30, MINUTE), (90, 90 * timedelta(seconds=1)), (99_999, DAY), (10**12, DAY)],
)
def test_khalti_may_ask_for_a_longer_pause_but_not_for_years(asked_for, pause):
    assert next_check_after_silence(payment_of(), now=START, at_least=asked_for) == START + pause


@pytest.mark.parametrize("status", sorted(PAID))
def test_an_open_refund_is_looked_up_again_whatever_else_holds(status):
    """Also years later, and also where all went back."""
    for days in (0, 1, 100, 1000):
        now = START + days * DAY
        payment = payment_of(status, refunding_since=START)
        assert now < next_check(payment, {}, now=now) <= now + 6 * HOUR
        assert now < next_check_after_silence(payment, now=now) <= now + 6 * HOUR


moments = st.integers(-5 * 365 * 24 * 3600, 5 * 365 * 24 * 3600).map(lambda seconds: START + timedelta(seconds=seconds))
maybe = st.none() | moments


@given(
    status=st.sampled_from(Status),
    now=moments,
    marks=st.fixed_dictionaries({"initiated_at": maybe, "expires_at": maybe, "looked_up_at": maybe}),
    since=moments,
    at_least=st.none() | st.integers(0, 10**12),
)
def test_the_next_moment_is_always_to_come_and_never_far(status, now, marks, since, at_least):
    """Also where a clock was put back, and where marks make no sense."""
    payment = payment_of(status, created_at=since, completed_at=since, ended_at=since, **marks)

    due = next_check(payment, {}, now=now)
    after_silence = next_check_after_silence(payment, now=now, at_least=at_least)

    assert due is None or due > now
    assert after_silence is None or now < after_silence <= now + DAY
    if status not in PAID | SOFT_ENDS:
        assert due is not None, "what isn't decided is never forgotten"
        assert due <= now + DAY
        assert after_silence is not None, "silence is never the end"
