"""A Khalti that counts, runs in processes of their own, and what became of the mass."""

import json
from contextlib import ExitStack

import pytest

from tests.concurrency.beside import Process, beside

CONCURRENCY = 16


class CountingKhalti:
    def __init__(self, process):
        self._process = process
        self.url = f"http://127.0.0.1:{process.line()}"

    def order(self, what):
        """Gives the count as it is then."""
        self._process.tell(what)
        return json.loads(self._process.line())

    def count(self):
        return self.order("count")


@pytest.fixture
def khalti_that_counts(db):
    process = Process("tests.masses.khalti", BESIDE_KHALTI="http://nobody.test")
    with beside(process):
        yield CountingKhalti(process)


@pytest.fixture
def begin_run(khalti_that_counts):
    """Begins a run in a process of its own."""
    with ExitStack() as stack:

        def begin_run(*care, concurrency=CONCURRENCY):
            environment = {"BESIDE_KHALTI": khalti_that_counts.url, "BESIDE_TIMEOUT": "1.0"}
            process = Process("tests.masses.run", str(concurrency), *care, **environment)
            stack.enter_context(beside(process))
            return process

        yield begin_run


@pytest.fixture
def run(begin_run):
    """A run from its beginning to its end; gives what came of it."""
    return lambda **options: json.loads(begin_run(**options).line())
