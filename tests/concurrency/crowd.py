"""Many at the same time."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection

SEATS = 20  # connections to the database; PostgreSQL as it comes has 100, for everybody


def all_at_once(count: int, act: Callable[[], Any]) -> list[Any]:
    """What each of so many threads returned; the first error that any of them met is raised.

    At most ``SEATS`` of them act at the same moment, as in a server with so many threads.
    """
    return each_at_once([act] * count)


def each_at_once(acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """Likewise, each of them something else; the results are in the same order."""
    start = threading.Barrier(len(acts))
    seats = threading.BoundedSemaphore(SEATS)
    results: list[Any] = [None] * len(acts)
    errors: list[BaseException] = []

    def run(place: int, act: Callable[[], Any]) -> None:
        start.wait(timeout=30)
        with seats:
            try:
                results[place] = act()
            except BaseException as error:  # noqa: BLE001 - it is raised again below
                errors.append(error)
            finally:
                connection.close()

    threads = [threading.Thread(target=run, args=[place, act]) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return results


class Meeting:
    """A place in the code where so many threads wait for each other, each of them once."""

    def __init__(self, count: int) -> None:
        self._barrier = threading.Barrier(count)
        self._been_here = threading.local()

    def join(self) -> None:
        if not getattr(self._been_here, "once", False):
            self._been_here.once = True
            self._barrier.wait(timeout=30)


def meeting_before(count: int, function: Callable[..., Any]) -> Callable[..., Any]:
    """The same function, but nobody goes in before so many stand at the door."""
    meeting = Meeting(count)

    def waits_first(*args: Any, **kwargs: Any) -> Any:
        meeting.join()
        return function(*args, **kwargs)

    return waits_first
