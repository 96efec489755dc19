"""How fast an ordinary page is while Khalti hangs and visitors try to pay."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from statistics import quantiles
from unittest.mock import patch

import requests
from django.conf import settings
from django.db import connection

from benchmarks.figures import Figure
from benchmarks.neighbours import neighbour
from benchmarks.visits import HIDDEN_FIELD, Sides, answers

SERVERS = {"sync": ("sync", "3", "1"), "gthread": ("gthread", "2", "8")}
SLOW = "20"  # seconds that Khalti takes for each response
DURATION = 40  # seconds, long enough for the first calls to time out and others to start
PAUSE = 0.1  # seconds between two requests of the page
GIVE_UP = 30  # seconds until a request of the page counts as timed out
PAYING, PACE = 32, 8.0  # visitors who try to pay, and seconds between two tries of each
WARM_UP = 30  # requests that don't count, so that each worker has loaded its code
MAX_TIMES_QUIET = 2.0


def measure_hanging(page: str, sides: Sides) -> Iterator[Figure]:
    for name, server in SERVERS.items():
        with (
            neighbour("benchmarks.canned_khalti", "--seconds", SLOW) as khalti,
            site(khalti, server) as root,
        ):
            quiet = p95(time_page(root + page, seconds=5))
            ours = p95(time_page(root + page, while_paying=lambda: pay(root, sides.ours)))
        with (
            neighbour("benchmarks.canned_khalti", "--seconds", SLOW) as khalti,
            site(khalti, server) as root,
        ):
            plain = p95(time_page(root + page, while_paying=lambda: pay(root, sides.plain)))
        yield Figure(
            name=f"hanging_{name}_page",
            what=f"{' × '.join(server)}, Khalti hangs {SLOW} s, {PAYING} visitors pay: an ordinary page, p95",
            value=ours,
            peer=plain,
            unit="ms",
            budget=quiet * MAX_TIMES_QUIET,
        )
        yield Figure(name=f"quiet_{name}_page", what=f"{name}: the same page while nobody pays", value=quiet, unit="ms")


class site:  # noqa: N801 - used like a function
    """The site in such a server, on the same database, with Khalti at this port. Gives its root URL."""

    def __init__(self, khalti: int, server: tuple[str, str, str]) -> None:
        options = {**settings.WAGTAIL_KHALTI, "API_URL": f"http://127.0.0.1:{khalti}", "RECONCILE_EVERY": 0}
        given = {"BENCHMARK_DATABASE": str(connection.settings_dict["NAME"]), "BENCHMARK_KHALTI": json.dumps(options)}
        self._environment = patch.dict(os.environ, given)
        self._neighbour = neighbour("benchmarks.serve", *server)

    def __enter__(self) -> str:
        with self._environment:
            return f"http://127.0.0.1:{self._neighbour.__enter__()}"

    def __exit__(self, *error: object) -> None:
        self._neighbour.__exit__(None, None, None)


def time_page(
    address: str, *, seconds: float = DURATION, while_paying: Callable[[], None] | None = None
) -> list[float]:
    """Milliseconds of each request of the page, one after the other."""
    is_over = threading.Event()
    if while_paying:
        for number in range(PAYING):
            pause = PACE * number / PAYING
            threading.Thread(target=keep_trying, args=[while_paying, is_over, pause]).start()
    session, times = requests.Session(), []
    for _look in range(0 if while_paying else WARM_UP):
        session.get(address, timeout=GIVE_UP)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        began = time.perf_counter()
        with suppress(requests.Timeout):  # which counts as what was waited
            session.get(address, timeout=GIVE_UP).raise_for_status()
        waited = time.perf_counter() - began
        # Visitors who come meanwhile would wait too: add a request for each pause, as if none had been left out.
        times += [(waited - missed * PAUSE) * 1000 for missed in range(1 + int(waited / PAUSE))]
        time.sleep(PAUSE)
    is_over.set()
    return times


def keep_trying(act: Callable[[], None], is_over: threading.Event, pause: float) -> None:
    """Start after this pause, so that not all start at once."""
    is_over.wait(pause)
    while not is_over.wait(PACE):
        with suppress(requests.RequestException):
            act()


def pay(root: str, checkout: str) -> None:
    """Open the form, submit it, and follow redirects on this site."""
    session = requests.Session()
    form = session.get(root + checkout, timeout=60).text
    token = session.cookies.get("csrftoken", "")
    answer = session.post(
        root + checkout,
        {**answers(), **dict(HIDDEN_FIELD.findall(form)), "csrfmiddlewaretoken": token},
        timeout=60,
        allow_redirects=False,
    )
    if (way_on := answer.headers.get("Location", "")).startswith("/"):
        session.get(root + way_on, timeout=60)


def p95(times: list[float]) -> float:
    return quantiles(times, n=20, method="inclusive")[-1] if len(times) > 1 else max(times)
