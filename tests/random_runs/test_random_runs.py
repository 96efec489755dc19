"""However visitors, Khalti, kills and workers mix: in the end Khalti's books and ours are equal, to the paisa.

``KHALTI_RANDOM_RUNS=5000`` makes so many on each database; ``KHALTI_RANDOM_RUN=42`` plays the run of this seed alone.
"""

import os

import pytest
from django.db import connection

from tests.random_runs.machine import play

pytestmark = pytest.mark.django_db(transaction=True)

IS_FULL = os.environ.get("RELIABILITY") == "full"
RUNS = int(os.environ.get("KHALTI_RANDOM_RUNS", "335" if IS_FULL else "100"))
"""For each database; in full more than 1,000 for the three."""

BATCHES = 5
FIRST = {"sqlite": 0, "postgresql": 1_000_000, "mysql": 2_000_000}
"""Each database has runs of its own."""


@pytest.mark.parametrize("batch", range(BATCHES))
def test_khaltis_books_and_ours_are_equal_in_the_end(khalti, batch):
    first = FIRST[connection.vendor] + batch
    for seed in range(first, first + RUNS, BATCHES):
        play(seed, khalti)


@pytest.mark.skipif("KHALTI_RANDOM_RUN" not in os.environ, reason="no seed is given")
def test_the_run_of_a_seed(khalti):
    print("\n".join(play(int(os.environ["KHALTI_RANDOM_RUN"]), khalti).story))
