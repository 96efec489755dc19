"""A manager opens pages: the time and the queries of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from time import perf_counter

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from benchmarks.browser import TRANSACTION_WORDS
from benchmarks.quiet import quiet_median
from benchmarks.staff.pages import Page, all_pages, insights

WARM_UP, TIMED, STRETCHES = 3, 21, 3
APPS = ("wagtail_khalti", "wagtailadmin")


@dataclass(frozen=True, slots=True, kw_only=True)
class Visited:
    """A page with so many payments stored."""

    page: Page
    size: int
    milliseconds: float
    queries: int
    plain_milliseconds: float | None = None
    plain_queries: int | None = None


def make_manager() -> None:
    """Not a superuser, so that each permission is checked."""
    manager = get_user_model()._default_manager.create_user("manager", first_name="Maya", email="maya@example.com")
    manager.user_permissions.set(Permission.objects.filter(content_type__app_label__in=APPS))


def sign_in() -> Client:
    client = Client()
    client.force_login(get_user_model()._default_manager.get(username="manager"))
    return client


def first_look() -> float:
    """Seconds of the first page of insights of a year: all of its days have to be counted."""
    client = sign_in()
    address = next(page.address for page in insights() if page.name == "insights_year")
    return open_page(client, address)


def visit_all(size: int) -> Iterator[Visited]:
    client = sign_in()
    for page in list(all_pages(client)):
        addresses = [address for address in (page.address, page.plain) if address]
        for address in addresses:
            require_shown(client, address, page.shows)
        times = time_in_turn(client, addresses)
        queries = [count_queries(client, address) for address in addresses]
        yield Visited(
            page=page,
            size=size,
            milliseconds=times[0] * 1000,
            queries=queries[0],
            plain_milliseconds=times[1] * 1000 if page.plain else None,
            plain_queries=queries[1] if page.plain else None,
        )


def time_in_turn(client: Client, addresses: list[str]) -> list[float]:
    """The median of each in its fastest part; the first page changes each time."""
    times: dict[str, list[float]] = {address: [] for address in addresses}
    for turn in range(WARM_UP + TIMED):
        for address in addresses if turn % 2 else addresses[::-1]:
            times[address].append(open_page(client, address))
    return [quiet_median(times[address][WARM_UP:], STRETCHES) for address in addresses]


def open_page(client: Client, address: str) -> float:
    began = perf_counter()
    response = client.get(address)
    seconds = perf_counter() - began
    if response.status_code != 200:
        raise RuntimeError(f"{address} answered {response.status_code}")
    return seconds


def count_queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        open_page(client, address)
    return sum(not query["sql"].upper().startswith(TRANSACTION_WORDS) for query in seen)


def require_shown(client: Client, address: str, text: str) -> None:
    if text not in client.get(address).content.decode():
        raise RuntimeError(f"{address} does not show {text}")
