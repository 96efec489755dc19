"""The measurements. Each function yields figures and prints nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from statistics import median

from benchmarks.api import measure_api
from benchmarks.block_rendering import measure_blocks
from benchmarks.browser import Exchange
from benchmarks.figures import Figure
from benchmarks.hanging import measure_hanging
from benchmarks.khaltis import ROUND_TRIP, distant_khalti, nearby_khalti
from benchmarks.quiet import quiet_median
from benchmarks.reconciling import measure_reconcile
from benchmarks.shop import checkout_value, new_page, our_checkout, plain_checkout
from benchmarks.visits import Sides, Visit, pairs, require_the_same

WARM_UP = 5  # visits to each side that don't count
COUNTED = 20  # visits to each side whose statements are counted; the maximum counts
TIMED = 400  # visits to each side in this process
STRETCHES = 8  # parts of these; the fastest counts, of each side
DISTANT = 40  # visits to each side over the slow network

MAX_QUERIES = {"checkout_post": 9, "return": 10}
MAX_TIMES_PLAIN = 1.5
MIN_TIMES_FASTER = 1.5

STEPS: dict[str, tuple[str, Callable[[Visit], Exchange]]] = {
    "checkout_post": ("Checkout POST", lambda visit: visit.checkout),
    "return": ("Return", lambda visit: visit.callback),
}


def measure_all() -> Iterator[Figure]:
    thank_you = new_page("Thank you")
    page = new_page("Shop", ("checkout", checkout_value(thank_you)))
    sides = Sides(ours=our_checkout(page), plain=plain_checkout(page))

    yield from measure_blocks(thank_you)
    with nearby_khalti():
        warm_up(sides)
        yield from statements(sides)
        yield from own_time(sides)
        yield from measure_api()
    with distant_khalti():
        yield from distant_checkout(sides)
    yield from measure_hanging(page.url, sides)
    yield from measure_reconcile()


def warm_up(sides: Sides) -> None:
    """Fill caches such as content types and site paths, and check that both sides do the same work."""
    for ours, plain in pairs(sides, WARM_UP):
        require_the_same(ours, plain)


def statements(sides: Sides) -> Iterator[Figure]:
    """The maximum number of statements of each request."""
    visits = list(pairs(sides, COUNTED, sees_statements=True))
    for name, (what, step) in STEPS.items():
        ours, plain = ([step(visit) for visit in side] for side in zip(*visits, strict=True))
        yield Figure(
            name=f"{name}_queries",
            what=f"{what}: statements that read or write, caches warm",
            value=max(asked.queries for asked in ours),
            peer=max(asked.queries for asked in plain),
            unit="queries",
            budget=MAX_QUERIES[name],
        )
        yield Figure(
            name=f"{name}_transaction_statements",
            what=f"{what}: BEGIN, COMMIT and the like",
            value=max(asked.transaction_statements for asked in ours),
            peer=max(asked.transaction_statements for asked in plain),
            unit="statements",
        )


def own_time(sides: Sides) -> Iterator[Figure]:
    """Time without the calls to Khalti, both sides alternately."""
    visits = list(pairs(sides, TIMED))
    for name, (what, step) in STEPS.items():
        ours, plain = (
            quiet_median([step(visit).own_seconds for visit in side], STRETCHES) for side in zip(*visits, strict=True)
        )
        yield Figure(
            name=f"{name}_own_time",
            what=f"{what}: own time, Khalti's share taken out, median of {TIMED // STRETCHES}, {STRETCHES} times",
            value=ours * 1000,
            peer=plain * 1000,
            unit="ms",
            budget=plain * 1000 * MAX_TIMES_PLAIN,
        )


def distant_checkout(sides: Sides) -> Iterator[Figure]:
    """Form, POST and return with a distant Khalti: what a persistent connection saves."""
    visits = list(pairs(sides, DISTANT))
    ours, plain = (median(visit.seconds for visit in side) for side in zip(*visits, strict=True))
    yield Figure(
        name="distant_checkout_time",
        what=f"Form, POST and return: with TLS and {ROUND_TRIP} ms a round trip, median of {DISTANT}",
        value=ours * 1000,
        peer=plain * 1000,
        unit="ms",
        budget=plain * 1000 / MIN_TIMES_FASTER,
    )
