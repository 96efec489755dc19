"""The pages as figures, and as one table: a line for each page, a column for each number of payments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from benchmarks.figures import Figure, lines
from benchmarks.staff.visits import Visited


def by_page(visited: Sequence[Visited]) -> Iterator[list[Visited]]:
    """Each page with few and with many payments, in this order."""
    ordered = sorted(visited, key=lambda one: (names(visited).index(one.page.name), one.size))
    for _name, group in groupby(ordered, key=lambda one: one.page.name):
        yield list(group)


def names(visited: Sequence[Visited]) -> list[str]:
    return list(dict.fromkeys(one.page.name for one in visited))


def page_figures(database: str, visited: Sequence[Visited]) -> Iterator[Figure]:
    for few, *more in by_page(visited):
        for one in (few, *more):
            yield Figure(
                name=f"staff_{database}_{one.page.name}_{one.size}",
                what=f"{one.page.what}, {one.size:,} payments",
                value=one.milliseconds,
                peer=one.plain_milliseconds,
                unit="ms",
                budget=limit(few, one),
            )
        yield Figure(
            name=f"staff_{database}_{few.page.name}_queries",
            what=f"{few.page.what}: queries, at most",
            value=max(one.queries for one in (few, *more)),
            peer=max((one.plain_queries or 0 for one in (few, *more)), default=None) or None,
            unit="queries",
            budget=few.queries,
        )


def limit(few: Visited, one: Visited) -> float | None:
    """Milliseconds, calculated from the time with few payments."""
    if one is few or one.page.most_times is None:
        return None
    return few.milliseconds * one.page.most_times


def page_table(visited: Sequence[Visited]) -> str:
    sizes = list(dict.fromkeys(one.size for one in visited))
    shown = [f"{size:,}" for size in sizes]
    heading = [
        "ms, median",
        *shown,
        "times",
        "at most",
        "",
        "queries",
        "",
        "Wagtail's own:",
        *shown,
        "times",
        "queries",
    ]
    rows = [heading, *(_row(page) for page in by_page(visited))]
    return lines(rows, left=(0, len(sizes) + 3, len(sizes) + 5))


def _row(page: list[Visited]) -> list[str]:
    few, many = page[0], page[-1]
    most = few.page.most_times
    is_kept = all(one.milliseconds <= (limit(few, one) or one.milliseconds) for one in page)
    queries = sorted({one.queries for one in page})
    return [
        few.page.what,
        *(f"{one.milliseconds:.1f}" for one in page),
        f"{many.milliseconds / few.milliseconds:.2f}",
        f"{most:g}" if most else "",
        ("ok" if is_kept else "MISSED") if most else "",
        "–".join(map(str, queries)),
        "MISSED" if len(queries) > 1 else "",
        "",
        *_of_the_peer(page),
    ]


def _of_the_peer(page: list[Visited]) -> list[str]:
    times = [one.plain_milliseconds for one in page if one.plain_milliseconds]
    if not times:
        return ["" for _one in page] + ["", ""]
    queries = max(one.plain_queries or 0 for one in page)
    return [*(f"{time:.1f}" for time in times), f"{times[-1] / times[0]:.2f}", str(queries)]
