"""What the rest of a site notices while Khalti hangs: an ordinary page, with visitors who try to pay meanwhile."""

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
HANGS = 20  # seconds that Khalti takes for each answer
LOOKED_AT = 40  # seconds, so that the first questions have run into their end, and others been asked
PAUSE = 0.1  # seconds between two looks at the page
GIVE_UP = 30  # seconds; nobody waits longer for a page
PAYING, PACE = 32, 8.0  # visitors who try to pay, and seconds between two tries of each
WARM_UP = 30  # looks that don't count, so that each worker has read its code
MOST_TIMES_QUIET = 2.0


def measure_hanging(page: str, sides: Sides) -> Iterator[Figure]:
    for name, server in SERVERS.items():
        with neighbour("benchmarks.canned_khalti", "--seconds", str(HANGS)) as khalti, site(khalti, server) as root:
            quiet = p95(looks_at(root + page, seconds=5))
            ours = p95(looks_at(root + page, while_paying=lambda: pay(root, sides.ours)))
        with neighbour("benchmarks.canned_khalti", "--seconds", str(HANGS)) as khalti, site(khalti, server) as root:
            plain = p95(looks_at(root + page, while_paying=lambda: pay(root, sides.plain)))
        yield Figure(
            name=f"hanging_{name}_page",
            what=f"{' × '.join(server)}, Khalti hangs {HANGS} s, {PAYING} visitors pay: an ordinary page, p95",
            value=ours,
            peer=plain,
            unit="ms",
            budget=quiet * MOST_TIMES_QUIET,
        )
        yield Figure(name=f"quiet_{name}_page", what=f"{name}: the same page while nobody pays", value=quiet, unit="ms")


class site:  # noqa: N801 - read as a word
    """The root of the site in such a server, in our database, with its Khalti at this port."""

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


def looks_at(
    address: str, *, seconds: float = LOOKED_AT, while_paying: Callable[[], None] | None = None
) -> list[float]:
    """Milliseconds that each look at the page took, one after the other."""
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
        # Who comes while it waits would wait, too: one look for each pause, as if none had been left out.
        times += [(waited - missed * PAUSE) * 1000 for missed in range(1 + int(waited / PAUSE))]
        time.sleep(PAUSE)
    is_over.set()
    return times


def keep_trying(act: Callable[[], None], is_over: threading.Event, pause: float) -> None:
    """After this pause, so that not all come at the same moment."""
    is_over.wait(pause)
    while not is_over.wait(PACE):
        with suppress(requests.RequestException):
            act()


def pay(root: str, checkout: str) -> None:
    """Sees the form, sends it, and goes where it leads, as far as that is on this site."""
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
