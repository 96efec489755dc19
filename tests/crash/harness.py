"""Plays a scenario once unharmed, and once for each place at which it can be killed; then the end must be the same."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.utils import timezone

from tests.crash.afterwards import outcome, sweep, time_goes_by
from tests.crash.books import differences
from tests.crash.other_khalti import OtherKhalti
from tests.crash.scenarios import Scenario
from tests.crash.shop import Shop
from tests.crash.victim import Fate, run_in_a_process
from tests.crash.world import World
from tests.in_full import IS_FULL


def in_full(scenarios: Sequence[Scenario], *, usual: Sequence[Scenario] = ()) -> list[Any]:
    """As parameters: ``usual`` always, the others with ``make reliability``."""
    return [
        pytest.param(scenario, id=scenario.__name__, marks=[] if scenario in usual else [pytest.mark.in_full])
        for scenario in scenarios
    ]


@dataclass(frozen=True, kw_only=True)
class Ending:
    """Of one run of a scenario."""

    fate: Fate
    outcome: list[dict[str, Any]]
    """As it is in the end; before that, as it was while the trouble of the scenario lasted."""
    differences: list[str]


@dataclass(frozen=True, kw_only=True)
class Toll:
    """Of all kills of a scenario."""

    points: list[str]
    """Before what they happened."""

    faults: list[str]


class Harness:
    def __init__(self, khalti: OtherKhalti, shop_page: Any) -> None:
        self._khalti, self._shop_page = khalti, shop_page

    def play(self, scenario: Scenario, *, kill_at: int | None = None, comes_back: bool = True) -> Ending:
        """``comes_back``: whether anybody repeats what was killed, or only time goes by."""
        with self._world() as world:
            acts = iter(scenario(world))
            fate = run_in_a_process(next(acts), kill_at=kill_at)
            if comes_back:
                assert next(acts, None) is None
            before = self._go_on_in_trouble(world)
            time_goes_by(world.clock)
            entries = self._khalti.entries()
            return Ending(fate=fate, outcome=[*before, outcome(entries)], differences=differences(entries))

    def _go_on_in_trouble(self, world: World) -> list[Any]:
        """What it comes to while Khalti lies or the shop is broken, if the scenario left it so; then it is mended."""
        if not (world.shop.is_broken or self._khalti.is_lying):
            return []
        time_goes_by(world.clock)
        world.shop.is_broken = False
        self._khalti.tells_the_truth()
        return [outcome(self._khalti.entries())]

    @contextmanager
    def _world(self) -> Iterator[World]:
        with Shop().open() as shop, time_machine.travel(timezone.now(), tick=True) as clock:
            try:
                yield World(khalti=self._khalti, shop=shop, clock=clock, manager=_manager(), shop_page=self._shop_page)
            finally:
                self._khalti.turn_the_page()
                sweep()

    def kill_at_every_step(
        self,
        scenario: Scenario,
        *,
        comes_back: bool = True,
        alike: Collection[str] | None = None,
        only_durable: bool = not IS_FULL,
    ) -> Toll:
        """``alike``: what of the outcome has to be as in the unharmed run; None: all of it.

        Inside transactions only in the full numbers, or on SQLite: a kill there is shown to be one before it.
        """
        unharmed = self.play(scenario, comes_back=comes_back)
        faults = [f"unharmed: {fault}" for fault in unharmed.differences]
        points = [
            (step, name)
            for step, name in enumerate(unharmed.fate.steps)
            if (comes_back and not only_durable) or not name.endswith("in a transaction")
        ]
        for step, name in points:
            ending = self.play(scenario, kill_at=step, comes_back=comes_back)
            where = f"killed before step {step}, {name}"
            assert ending.fate.was_killed, f"not {where}"
            faults += [f"{where}: {fault}" for fault in ending.differences]
            faults += [f"{where}: {fault}" for fault in _unlike(unharmed.outcome, ending.outcome, alike)]
        return Toll(points=[name for _step, name in points], faults=faults)


def _unlike(expected: list[dict[str, Any]], found: list[dict[str, Any]], alike: Collection[str] | None) -> list[str]:
    return [
        f"{name} is {now[name]}, not {then[name]}"
        for then, now in zip(expected, found, strict=True)
        for name in (then if alike is None else alike)
        if now[name] != then[name]
    ]


def _manager() -> User:
    return User.objects.get_or_create(username="manager", defaults={"is_superuser": True})[0]
