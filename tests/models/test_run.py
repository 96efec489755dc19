"""When a recurring work was last done."""

from datetime import timedelta

import pytest
from django.utils import timezone

from wagtail_khalti.models import KhaltiRun

pytestmark = [pytest.mark.every_database, pytest.mark.django_db]
RECONCILE = KhaltiRun.Work.RECONCILE
HOUR = timedelta(hours=1)


def test_there_is_one_row_however_often_it_is_done():
    for _time in range(3):
        KhaltiRun.begin(RECONCILE).finish({"answered": 1})

    run = KhaltiRun.objects.get()
    assert run.summary == {"answered": 1}
    assert run.begun_at <= run.finished_at


def test_while_one_runs_the_end_is_that_of_the_one_before():
    KhaltiRun.begin(RECONCILE).finish({})

    KhaltiRun.begin(RECONCILE)

    run = KhaltiRun.objects.get()
    assert run.finished_at < run.begun_at


def test_the_turn_is_given_once_in_an_interval(time_machine):
    assert [KhaltiRun.begin_once_every(HOUR, RECONCILE) for _time in range(3)] == [True, False, False]

    time_machine.move_to(timezone.now() + HOUR + timedelta(seconds=1))
    assert [KhaltiRun.begin_once_every(HOUR, RECONCILE) for _time in range(3)] == [True, False, False]


def test_a_run_that_anybody_begins_takes_the_turn():
    KhaltiRun.begin(RECONCILE)

    assert not KhaltiRun.begin_once_every(HOUR, RECONCILE)


def test_a_clock_that_is_put_back_stops_nothing():
    KhaltiRun.objects.create(work=RECONCILE, begun_at=timezone.now() + 1000 * HOUR)

    assert KhaltiRun.begin_once_every(HOUR, RECONCILE)


def test_a_run_begun_later_by_another_clock_is_not_taken_again():
    KhaltiRun.objects.create(work=RECONCILE, begun_at=timezone.now() + timedelta(seconds=2))

    assert not KhaltiRun.begin_once_every(HOUR, RECONCILE)


def test_a_run_says_what_it_is():
    assert str(KhaltiRun.begin(RECONCILE)).startswith("Reconcile, 2")
