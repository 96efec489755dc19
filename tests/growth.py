"""How the work on a text grows with the text: as the text does, or with its square."""

from collections.abc import Callable
from time import thread_time_ns
from timeit import repeat

SHORT, TIMES = 2_000, 8  # characters, and how many times as many
MAX_COUNT = 24  # times as much work; the square of TIMES is 64


def grows_with_the_square(work: Callable[[str], object], make: Callable[[int], str]) -> bool:
    """Of the time of this thread alone, whatever else the machine does."""
    short, long = make(SHORT), make(SHORT * TIMES)
    return _time(work, long) > MAX_COUNT * max(_time(work, short), 1)


def _time(work: Callable[[str], object], text: str) -> int:
    return int(min(repeat(lambda: work(text), number=1, repeat=5, timer=thread_time_ns)))
