"""``kill -9`` before every durable step: after the restart the end is as if nothing had been killed."""

import pytest

from tests.crash.harness import IS_FULL, of_this_database
from tests.crash.stories import ONLY_THEIRS, STARTS, STORIES

pytestmark = pytest.mark.django_db(transaction=True)

by_name = {"ids": lambda story: story.__name__}


@pytest.mark.parametrize("story", of_this_database(STARTS + ONLY_THEIRS + STORIES), **by_name)
def test_whoever_is_killed_and_repeats_it_ends_as_if_nobody_had_been_killed(harness, story):
    toll = harness.kill_at_every_step(story)

    print(f"{len(toll.points)} kills:", *toll.points, sep="\n")
    assert not toll.faults, "\n".join(toll.faults)
    assert len(toll.points) >= (2 if IS_FULL else 1), "nothing durable was seen, so nothing was killed half-way"


@pytest.mark.parametrize("story", of_this_database(STORIES), **by_name)
def test_where_nobody_comes_back_the_site_finds_out_all_the_same(harness, story):
    toll = harness.kill_at_every_step(story, comes_back=False)

    print(f"{len(toll.points)} kills:", *toll.points, sep="\n")
    assert not toll.faults, "\n".join(toll.faults)


@pytest.mark.parametrize("story", of_this_database(STARTS), **by_name)
def test_where_nobody_comes_back_to_pay_no_money_moves_and_nothing_is_sold(harness, story):
    """How far it came may differ: a link that nobody has seen is not paid."""
    unharmed = harness.play(story, comes_back=False)

    for step, name in enumerate(unharmed.fate.steps):
        ending = harness.play(story, kill_at=step, comes_back=False)
        assert not ending.differences, (name, ending.differences)
        [outcome] = ending.outcome
        assert not outcome["paid at Khalti"] + outcome["told"], name
