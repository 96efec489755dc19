"""Thousands of payments are due, and three of ten lookups fail."""

import json
import time

import pytest

from tests.concurrency.rounds import on_record
from tests.masses import mass
from tests.masses.conftest import CONCURRENCY
from wagtail_khalti.models import KhaltiPayment

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.heavy, pytest.mark.every_database]

FOR_ALL_THAT_IS_DUE = 25  # MiB at most, most of them for threads and connections; the benchmarks measure it


@pytest.mark.in_full
def test_one_run_asks_each_once_and_learns_all_there_is_to_learn(khalti_that_counts, run):
    works = mass.begin()
    with on_record("one run, 30 % fail", f"{mass.MASS} due", requests=mass.MASS, settled=works) as came_out:
        done = run()

        assert khalti_that_counts.count() == {"requests": mass.MASS, "payments": mass.MASS, "most": 1}
        assert (done["answered"], done["status_changed"], done["unanswered"]) == (works, works, mass.MASS - works)
        assert (done["broken"], done["skipped"], done["is_cut_short"]) == (0, {}, False)
        mass.require_all_that_work_are_sold_once()
        mass.require_the_rest_waits_for_its_turn()

        again = run()

        assert khalti_that_counts.count()["requests"] == mass.MASS, "those that failed are not due yet"
        assert again["answered"] + again["unanswered"] == 0
        assert done["mebibytes"] - again["mebibytes"] < FOR_ALL_THAT_IS_DUE
        came_out["MiB"] = f"{done['mebibytes']}, with nothing due {again['mebibytes']}"


@pytest.mark.in_full
def test_four_runs_at_once_do_the_work_of_one(khalti_that_counts, begin_run):
    works = mass.begin()
    with on_record("four runs at once, 30 % fail", f"{mass.MASS} due", requests=mass.MASS, asked_twice=0) as came_out:
        runs = [begin_run(concurrency=8) for _run in range(4)]
        done = [json.loads(run.line()) for run in runs]

        assert khalti_that_counts.count() == {"requests": mass.MASS, "payments": mass.MASS, "most": 1}
        assert sum(one["answered"] for one in done) == works
        assert sum(one["unanswered"] for one in done) == mass.MASS - works
        assert [one["broken"] for one in done] == [0] * 4
        mass.require_all_that_work_are_sold_once()
        mass.require_the_rest_waits_for_its_turn()
        came_out["by_run"] = [one["answered"] + one["unanswered"] for one in done]


def test_two_runs_that_take_nothing_in_hand_ask_twice(khalti_that_counts, begin_run):
    """The control."""
    mass.begin()
    for run in [begin_run("careless"), begin_run("careless")]:
        run.line()

    count = khalti_that_counts.count()
    assert count["most"] > 1
    assert count["requests"] > mass.MASS


def test_the_next_run_does_what_a_killed_one_left_and_no_more(khalti_that_counts, begin_run, run):
    mass.begin()
    room = CONCURRENCY * 2
    with on_record("killed in the middle, 30 % fail", f"{mass.MASS} due", asked_at_most=f"{mass.MASS} + {room}") as out:
        killed = begin_run()
        wait_until_asked(khalti_that_counts, mass.MASS // 3)
        killed.popen.kill()
        killed.popen.wait()

        in_hand = KhaltiPayment.objects.filter(leased_until__isnull=False).count()
        assert 0 < in_hand <= room
        rest = run()
        assert KhaltiPayment.objects.filter(leased_until__isnull=False).count() == in_hand, "it is still claimed"
        mass.let_the_claims_run_out()
        last = run()

        assert rest["broken"] == last["broken"] == 0
        assert last["answered"] + last["unanswered"] == in_hand
        count = khalti_that_counts.count()
        assert mass.MASS <= count["requests"] <= mass.MASS + room, "what was asked, and not learned, is asked again"
        assert (count["payments"], count["most"]) == (mass.MASS, 2) or count["requests"] == mass.MASS
        mass.require_all_that_work_are_sold_once(most_tries=2)
        mass.require_the_rest_waits_for_its_turn()
        out.update(requests=count["requests"], in_hand=in_hand)


def wait_until_asked(khalti, count):
    """A run is a process that begins when it can; it is watched through what Khalti hears of it."""
    deadline = time.monotonic() + 120
    while khalti.count()["requests"] < count:
        assert time.monotonic() < deadline
        time.sleep(0.02)
