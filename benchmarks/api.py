"""The JSON API beside bare ninja endpoints with the same queries."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from itertools import count
from typing import Any

from django.contrib.auth import get_user_model
from django.test import Client

from benchmarks.browser import Browser, Exchange
from benchmarks.figures import Figure
from benchmarks.quiet import quiet_median
from tests.shop.models import Invoice

OURS, PLAIN = "/api/khalti/", "/plain-api/"
WARM_UP = 10
TIMED = 240  # requests to each side, of each kind
STRETCHES = 8  # parts of these; the fastest counts, of each side
MAX_TIMES_PLAIN = 1.5
CSRF = "c" * 32
NUMBERS = count(1)


class Program:
    """In the session of a user."""

    def __init__(self, root: str, user: Any, *, sees_statements: bool = False) -> None:
        self.root, self.user = root, user
        self.browser = Browser(sees_statements=sees_statements)
        client = Client()
        client.force_login(user)
        self.browser.factory.cookies.update(client.cookies)
        self.browser.factory.cookies["csrftoken"] = CSRF

    def start(self) -> Exchange:
        body = {"payable": {"type": "shop.invoice", "id": str(Invoice.objects.create(owner=self.user).pk)}}
        headers = {"Idempotency-Key": uuid.uuid4().hex, "X-CSRFToken": CSRF}
        return self._checked(
            self.browser._send(
                self.browser.factory.post(
                    f"{self.root}payments/", json.dumps(body), content_type="application/json", headers=headers
                )
            )
        )

    def status(self, reference: str) -> Exchange:
        return self._checked(self.browser.get(f"{self.root}payments/{reference}/"))

    def _checked(self, exchange: Exchange) -> Exchange:
        if exchange.response.status_code not in (200, 201):
            raise RuntimeError(f"{self.root} answered {exchange.response.content.decode()[:500]}")
        return exchange


def measure_api() -> Iterator[Figure]:
    """To be called while a Khalti answers."""
    user = get_user_model().objects.create_user(f"program-{next(NUMBERS)}")
    reference = reference_of(Program(OURS, user).start())
    steps = {
        "api_start": ("API, start", lambda program: program.start()),
        "api_status": ("API, status", lambda program: program.status(reference)),
    }
    for name, (what, step) in steps.items():
        yield from _measure(name, what, step, user)


def _measure(name: str, what: str, step: Any, user: Any) -> Iterator[Figure]:
    ours, plain = Program(OURS, user), Program(PLAIN, user)
    for _ in range(WARM_UP):
        step(ours), step(plain)
    yield _queries(name, what, step, user)
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(TIMED):
        for side in (0, 1) if turn % 2 else (1, 0):
            times[side].append(step((ours, plain)[side]).own_seconds)
    own, peer = (quiet_median(each, STRETCHES) * 1000 for each in times)
    yield Figure(
        name=f"{name}_own_time",
        what=f"{what}: own time beside a bare ninja endpoint, median of {TIMED // STRETCHES}, {STRETCHES} times",
        value=own,
        peer=peer,
        unit="ms",
        budget=peer * MAX_TIMES_PLAIN,
    )


def _queries(name: str, what: str, step: Any, user: Any) -> Figure:
    own, peer = (step(Program(root, user, sees_statements=True)).queries for root in (OURS, PLAIN))
    return Figure(
        name=f"{name}_queries", what=f"{what}: statements that read or write", value=own, peer=peer, unit="queries"
    )


def reference_of(exchange: Exchange) -> str:
    return str(json.loads(exchange.response.content)["reference"])
