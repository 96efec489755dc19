"""However visitors, Khalti, kills and workers mix: in the end Khalti's books and ours are equal, to the paisa.

``KHALTI_RANDOM_RUNS=5000`` makes so many on each database; ``KHALTI_RANDOM_RUN=42`` plays the run of this seed alone.
"""

import os

import pytest
from django.db import connection

from tests.concurrency.rounds import on_record
from tests.in_full import IS_FULL
from tests.random_runs.machine import play

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.heavy, pytest.mark.every_database]

RUNS = int(os.environ.get("KHALTI_RANDOM_RUNS", "150" if IS_FULL else "12"))
"""For each database; in full 450 for the three."""

BATCHES = 5 if IS_FULL else 1
FIRST = {"sqlite": 0, "postgresql": 1_000_000, "mysql": 2_000_000}
"""Each database has runs of its own."""


@pytest.mark.parametrize("batch", range(BATCHES))
def test_khaltis_books_and_ours_are_equal_in_the_end(khalti, batch):
    first = FIRST[connection.vendor] + batch
    seeds = range(first, first + RUNS, BATCHES)
    with on_record("random runs of visitors, faults, kills, workers and staff", f"{RUNS}", differences=0) as came_out:
        came_out["kills"] = sum(play(seed, khalti).kills for seed in seeds)


@pytest.mark.parametrize("seed", [int(seed) for seed in os.environ.get("KHALTI_RANDOM_RUN", "0").split()])
def test_the_run_of_a_seed(khalti, seed):
    print("\n".join(play(seed, khalti).timeline))
