"""From a seed to a run, and from its end to what is wrong with it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import time_machine

from tests.crash.afterwards import sweep, time_goes_by
from tests.crash.books import differences
from tests.crash.shop import Shop
from tests.random_runs.moves import a_new_wish, some_move, some_move_meanwhile
from tests.random_runs.run import Run
from wagtail_khalti.models import KhaltiEvent, KhaltiPayment, KhaltiReview
from wagtail_khalti.simulator import control
from wagtail_khalti.simulator.models import Call, SimulatedPayment, Trouble
from wagtail_khalti.testing.fake import FakeKhalti

BEGAN_AT = datetime(2026, 1, 15, 6, 0, tzinfo=UTC)
SHORTEST, LONGEST = 10, 26  # moves
ONE_IN = 10  # runs kills for real

UNTIL_ALL_IS_QUIET = (timedelta(minutes=10), timedelta(hours=7), timedelta(hours=25), timedelta(days=100))
"""The last one is longer than Khalti is asked about anything."""


def play(seed: int, khalti: FakeKhalti) -> Run:
    """Raises ``AssertionError`` with the seed and the story where the end is not as it must be."""
    with _world(seed, khalti) as run:
        try:
            _live(run)
            faults = _end(run)
        except Exception as error:
            error.add_note(_told(run))
            raise
        assert not faults, "\n".join([*faults, _told(run)])
        return run


@contextmanager
def _world(seed: int, khalti: FakeKhalti) -> Iterator[Run]:
    with Shop().open() as shop, time_machine.travel(BEGAN_AT, tick=False) as clock:
        run = Run(seed=seed, khalti=khalti, shop=shop, clock=clock, kills_for_real=seed % ONE_IN == 0)
        run.meanwhile = lambda: some_move_meanwhile(run)
        try:
            yield run
        finally:
            sweep()
            for model in (SimulatedPayment, Trouble, Call):
                model.objects.all().delete()


def _live(run: Run) -> None:
    a_new_wish(run)
    for _move in range(run.chance.randrange(SHORTEST, LONGEST)):
        some_move(run)


def _end(run: Run) -> list[str]:
    """The faults are gone, time goes by, and the scheduled command runs."""
    run.khalti.no_more_trouble()
    run.shop.is_broken = False
    time_goes_by(run.clock, UNTIL_ALL_IS_QUIET)
    run.seen.update(KhaltiPayment.objects.values_list("status", flat=True))
    run.seen.update(KhaltiReview.objects.values_list("kind", flat=True))
    run.seen.update(KhaltiEvent.objects.values_list("kind", flat=True))
    return differences(asdict(entry) for entry in control.payments())


def _told(run: Run) -> str:
    return "\n".join([f"Run {run.seed}:", *run.story])
