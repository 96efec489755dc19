"""A time that says something on a machine which others use, too."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median


def quiet_median(times: Sequence[float], consecutive_days: int) -> float:
    """The lowest of the medians of so many stretches of the run: what the machine does undisturbed."""
    length = len(times) // consecutive_days
    return min(median(times[number * length : (number + 1) * length]) for number in range(consecutive_days))
