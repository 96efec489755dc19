"""How many rounds a crowd plays, and the record of what came out of them."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.in_full import IS_FULL

ROUNDS = {2: 25, 10: 15, 50: 6, 200: 4} if IS_FULL else {2: 1, 10: 1, 50: 1}
"""How often each size of a crowd gathers."""

FEWER_ROUNDS = {2: 12, 10: 8, 50: 3, 200: 2} if IS_FULL else {2: 1, 10: 1}
"""For what a crowd of each kind does besides."""


def sizes(rounds: dict[int, int]) -> Iterator[int]:
    """One for each round."""
    for size, count in rounds.items():
        yield from [size] * count


@contextmanager
def on_record(what: str, how_many: str, **came_out: object) -> Iterator[dict[str, object]]:
    """A line for the table, where ``RELIABILITY_REPORT`` names a file. Written only if all went well."""
    began = time.monotonic()
    yield came_out
    report = os.environ.get("RELIABILITY_REPORT")
    if report:
        line = {"what": what, "how_many": how_many, "came_out": came_out, "seconds": round(time.monotonic() - began)}
        with Path(report).open("a") as file:
            file.write(json.dumps(line) + "\n")


def how_many(rounds: dict[int, int]) -> str:
    """``100 of 2, 60 of 10``."""
    return ", ".join(f"{count} of {size}" for size, count in rounds.items())
