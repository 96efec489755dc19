"""``kill -9`` before every durable step: after the restart the end is as if nothing had been killed."""

import pytest

from tests.concurrency.rounds import on_record
from tests.crash.harness import in_full
from tests.crash.scenarios import ONLY_THEIRS, SCENARIOS, STARTS, a_check
from tests.in_full import IS_FULL

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.heavy, pytest.mark.every_database]


@pytest.mark.parametrize("scenario", in_full(STARTS + ONLY_THEIRS + SCENARIOS, usual=[a_check]))
def test_retry_after_kill_matches_uninterrupted_run(harness, scenario):
    with on_record("killed, and repeated", "each, at every step", scenarios=1, differences=0) as came_out:
        toll = harness.kill_at_every_step(scenario)
        came_out["kills"] = len(toll.points)
        assert not toll.faults, "\n".join(toll.faults)

    print(f"{len(toll.points)} kills:", *toll.points, sep="\n")
    assert len(toll.points) >= (2 if IS_FULL else 1), "nothing durable was seen, so nothing was killed half-way"


@pytest.mark.parametrize("scenario", in_full(SCENARIOS))
def test_where_nobody_comes_back_the_site_finds_out_all_the_same(harness, scenario):
    with on_record(
        "killed, and nobody comes back", "each scenario, at every step", scenarios=1, differences=0
    ) as came_out:
        toll = harness.kill_at_every_step(scenario, comes_back=False)
        came_out["kills"] = len(toll.points)
        assert not toll.faults, "\n".join(toll.faults)

    print(f"{len(toll.points)} kills:", *toll.points, sep="\n")


@pytest.mark.parametrize("scenario", in_full(STARTS))
def test_if_nobody_returns_no_money_moves_and_nothing_is_sold(harness, scenario):
    """How far it came may differ: a link that nobody has seen is not paid."""
    unharmed = harness.play(scenario, comes_back=False)

    for step, name in enumerate(unharmed.fate.steps):
        ending = harness.play(scenario, kill_at=step, comes_back=False)
        assert not ending.differences, (name, ending.differences)
        [outcome] = ending.outcome
        assert not outcome["paid at Khalti"] + outcome["told"], name
