"""Whether somebody asks Khalti also while nobody looks at the site."""

from datetime import timedelta

import pytest
import time_machine
from django.core.checks import run_checks
from django.db import ProgrammingError
from django.utils import timezone

from tests.doctor.conftest import only
from wagtail_khalti import tasks
from wagtail_khalti.actions import reconcile
from wagtail_khalti.checks.work import check_schedule
from wagtail_khalti.doctor import Level
from wagtail_khalti.doctor.last_run import schedule

pytestmark = pytest.mark.django_db


@pytest.fixture
def live(settings):
    settings.WAGTAIL_KHALTI = {"MODE": "live", "SECRET_KEY": "a-key-for-tests"}


@pytest.mark.usefixtures("live")
def test_page_views_alone_are_told_of():
    reconcile(after_page_view=True)

    finding = only(schedule())

    assert (finding.level, finding.name) == (Level.WARNING, "not_scheduled")
    assert finding.sentence.startswith("Only page views run reconcile")
    assert "khalti_reconcile" in finding.remedy


@pytest.mark.usefixtures("live")
def test_nobody_at_all_is_told_of(settings):
    settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "RECONCILE_EVERY": 0}

    assert only(schedule()).sentence.startswith("Nothing runs reconcile")


@pytest.mark.usefixtures("live")
@pytest.mark.parametrize("run", [reconcile, tasks.reconcile.func])
def test_a_schedule_is_enough_for_a_day(run):
    run()
    assert only(schedule()).level == Level.OK

    with time_machine.travel(timezone.now() + timedelta(days=2)):
        assert only(schedule()).level == Level.WARNING


def test_play_money_needs_none():
    assert list(schedule()) == []


@pytest.mark.usefixtures("live")
def test_the_check_says_the_same():
    said = run_checks(tags=["database"], databases=["default"])
    message = only(one for one in said if one.id == "wagtail_khalti.W014")

    assert message.hint == only(schedule()).remedy
    reconcile()
    assert check_schedule(None, databases=["default"]) == []


@pytest.mark.usefixtures("live")
@pytest.mark.parametrize("databases", [None, [], ["other"]])
def test_the_check_asks_no_database_that_it_was_not_given(django_assert_num_queries, databases):
    with django_assert_num_queries(0):
        assert check_schedule(None, databases=databases) == []


def test_before_the_first_migration_it_is_silent(monkeypatch):
    def has_no_table():
        raise ProgrammingError('relation "wagtail_khalti_khaltirun" does not exist')

    monkeypatch.setattr("wagtail_khalti.checks.work.schedule", has_no_table)

    assert check_schedule(None, databases=["default"]) == []
