"""A robust time on a machine that other processes use too."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median


def quiet_median(times: Sequence[float], stretches: int) -> float:
    """The lowest of the medians of so many parts of the run, since other processes only add time."""
    length = len(times) // stretches
    return min(median(times[number * length : (number + 1) * length]) for number in range(stretches))
