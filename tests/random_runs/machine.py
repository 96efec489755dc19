"""From a seed to a run, and from its end to what is wrong with it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import requests
import time_machine
from django.contrib.auth.models import User

from tests.crash.afterwards import sweep, time_goes_by
from tests.crash.books import differences
from tests.crash.shop import Shop
from tests.random_runs.moves import a_new_wish, a_sale, some_move, some_move_meanwhile
from tests.random_runs.refund_moves import decide, enter
from tests.random_runs.run import Run, is_about_refunds
from wagtail_khalti.models import KhaltiEvent, KhaltiIssue, KhaltiPayment, KhaltiRefund
from wagtail_khalti.simulator import control
from wagtail_khalti.simulator.models import Call, SimulatedPayment, Trouble
from wagtail_khalti.testing.fake import FakeKhalti

BEGAN_AT = datetime(2026, 1, 15, 6, 0, tzinfo=UTC)
MIN_PAUSE, MAX_LENGTH = 10, 26  # moves
ONE_IN = 10  # runs kills for real

UNTIL_ALL_IS_QUIET = (timedelta(minutes=10), timedelta(hours=7), timedelta(hours=25), timedelta(days=100))
"""The last one is longer than Khalti is asked about anything."""


def play(seed: int, khalti: FakeKhalti) -> Run:
    """Raises ``AssertionError`` with the seed and what happened where the end is not as it must be."""
    with world(seed, khalti) as run:
        try:
            _live(run)
            faults = _end(run)
        except Exception as error:
            error.add_note(_told(run))
            raise
        assert not faults, "\n".join([*faults, _told(run)])
        return run


@contextmanager
def world(seed: int, khalti: FakeKhalti) -> Iterator[Run]:
    manager, _created = User.objects.get_or_create(username="manager", defaults={"is_superuser": True})
    with Shop().open() as shop, time_machine.travel(BEGAN_AT, tick=False) as clock, _taking_its_time(clock):
        run = Run(seed=seed, khalti=khalti, shop=shop, clock=clock, manager=manager, kills_for_real=seed % ONE_IN == 0)
        run.meanwhile = lambda: some_move_meanwhile(run)
        try:
            yield run
        finally:
            sweep()
            for model in (SimulatedPayment, Trouble, Call):
                model.objects.all().delete()


@contextmanager
def _taking_its_time(clock: Any) -> Iterator[None]:
    """Khalti, so that what was asked before can be told from what was asked after."""
    send = requests.Session.send

    def send_slowly(*args: Any, **options: Any) -> requests.Response:
        clock.shift(0.01)
        return send(*args, **options)

    with patch.object(requests.Session, "send", send_slowly):
        yield


def _live(run: Run) -> None:
    a_sale(run) if is_about_refunds(run.seed) else a_new_wish(run)
    for _move in range(run.chance.randrange(MIN_PAUSE, MAX_LENGTH)):
        some_move(run)


def _end(run: Run) -> list[str]:
    """The faults are gone, time goes by, and the scheduled command runs; then a manager decides what is left."""
    run.khalti.no_more_trouble()
    run.shop.is_broken = False
    time_goes_by(run.clock, UNTIL_ALL_IS_QUIET)
    run.seen.update(KhaltiPayment.objects.values_list("status", flat=True))
    run.seen.update(KhaltiIssue.objects.values_list("kind", flat=True))
    run.seen.update(KhaltiEvent.objects.values_list("kind", flat=True))
    faults = differences(_entries(run))
    if faults or not _decide_the_rest(run):
        return faults
    return [*differences(_entries(run)), *_still_undecided()]


def _decide_the_rest(run: Run) -> bool:
    """Whether there was anything."""
    doubtful = list(KhaltiRefund.objects.in_progress())
    nameless = [refund for refund in KhaltiRefund.objects.without_amount() if refund.lacks_amount]
    run.is_calm = True
    for refund in doubtful:
        decide(run, refund)
    for refund in nameless:
        enter(run, refund)
    time_goes_by(run.clock, UNTIL_ALL_IS_QUIET[:1])
    return bool(doubtful or nameless)


def _still_undecided() -> Iterator[str]:
    for refund in KhaltiRefund.objects.in_progress():
        yield f"a refund of {refund.payment.purpose} that nobody can decide"


def _entries(run: Run) -> Iterator[dict[str, Any]]:
    for entry in control.payments():
        calls = control.calls("refund", pidx=entry.pidx)
        yield {**asdict(entry), "refund_calls": calls, "unseen": run.unseen.get(entry.pidx, 0)}


def _told(run: Run) -> str:
    return "\n".join([f"Run {run.seed}:", *run.timeline])
