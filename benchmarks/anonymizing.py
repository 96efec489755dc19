"""Measures how personal data is erased: the rate, the longest transaction, and the memory.

    python -m benchmarks.anonymizing FILE NAME SIZE…

does so alone, in a database with so many payments. A tenth of them is anonymised.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

if __name__ == "__main__":
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
    django.setup()

from benchmarks.figures import Figure, keep, table
from benchmarks.machine import forget_peak, machine, memory
from wagtail_khalti.privacy import Anonymization, anonymize, started_before

SHARE = 10  # one in so many
MAX_TRANSACTION = 500.0  # ms; a payment that is being anonymised can't be refunded for so long
MAX_MEMORY = 64.0  # MB, however many there are


class Watch:
    """When each batch ended, which is a transaction and the queries before it."""

    def __init__(self, wanted: int) -> None:
        self._wanted = wanted
        self._began = self._last = time.monotonic()
        self.longest = 0.0
        self.count = 0

    def __call__(self, done: Anonymization) -> None:
        now = time.monotonic()
        self.longest = max(self.longest, now - self._last)
        self._last, self.count = now, done.count

    def is_over(self) -> bool:
        return self.count >= self._wanted

    @property
    def rate(self) -> float:
        return self.count / (self._last - self._began)


def measure_anonymizing(name: str, size: int) -> Iterator[Figure]:
    """The oldest tenth of ``size`` payments."""
    from django.utils import timezone

    watch = Watch(size // SHARE)
    idle = memory("VmRSS")
    forget_peak()
    anonymize(started_before(timezone.now()), is_over=watch.is_over, on_progress=watch)
    on_top = memory("VmHWM") - idle
    what, prefix = f"Anonymise {watch.count:,} of {size:,} payments", f"anonymize_{name}"
    yield Figure(name=f"{prefix}_rate_{size}", what=what, value=watch.rate, unit="payments/s")
    yield Figure(
        name=f"{prefix}_transaction_{size}",
        what=f"{what}: longest transaction",
        value=watch.longest * 1000,
        unit="ms",
        budget=MAX_TRANSACTION,
    )
    yield Figure(
        name=f"{prefix}_memory_{size}",
        what=f"{what}: most memory on top of the idle process",
        value=on_top,
        unit="MB",
        budget=MAX_MEMORY,
    )


def main(path: Path, name: str, *sizes: int) -> None:
    from django.test.utils import setup_databases, teardown_databases

    from benchmarks.staff.ledger import fill_ledger
    from benchmarks.staff.seed import shops

    figures: list[Figure] = []
    database = setup_databases(verbosity=0, interactive=False, serialized_aliases=set())
    try:
        pages = shops()
        for size in sizes:
            fill_ledger(size, pages)
            figures += measure_anonymizing(name, size)
    finally:
        teardown_databases(database, verbosity=0)
    keep(figures, path)
    print(f"\n{machine()}\n\n{table(figures)}", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], *map(int, sys.argv[3:]))
