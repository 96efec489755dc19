"""Khalti fails for everybody, for one merchant, or for those whose turn it is first."""

import pytest
from django.utils import timezone

from tests.concurrency.rounds import on_record
from tests.concurrency.stock import LONG_AGO, unfinished
from tests.in_full import IS_FULL
from tests.masses import mass
from tests.masses.conftest import CONCURRENCY
from wagtail_khalti.lookups.run_breaker import MAX_FAILURES
from wagtail_khalti.models import KhaltiIssue, KhaltiPayment

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.heavy, pytest.mark.every_database]

ROOM = CONCURRENCY * 2
"""How many questions can be on their way, or in line, when it shows that there is no use."""

BAD = (20 if IS_FULL else 3) * MAX_FAILURES


@pytest.mark.parametrize("trouble", ["down", pytest.param("hang", marks=pytest.mark.in_full)])
def test_a_khalti_that_is_down_is_left_alone(khalti_that_counts, run, trouble):
    """Whether it answers HTTP 500 or not at all. What was not asked is due as before, and free."""
    mass.begin()
    khalti_that_counts.order(trouble)
    with on_record(f"every lookup fails: {trouble}", f"{mass.MASS} due", asked_at_most=MAX_FAILURES + ROOM) as came_out:
        done = run()

        count = khalti_that_counts.count()
        assert MAX_FAILURES <= count["requests"] <= MAX_FAILURES + ROOM
        assert count["most"] == 1
        assert list(done["skipped"]) == ["default"]
        assert (done["answered"], done["unanswered"]) == (0, count["requests"])
        assert KhaltiPayment.objects.due(timezone.now()).count() == mass.MASS - count["requests"]
        assert not KhaltiPayment.objects.filter(leased_until__isnull=False).exists()
        came_out["requests"] = count["requests"]


@pytest.mark.in_full
def test_a_refused_key_holds_up_only_its_own_merchant(khalti_that_counts, run):
    half = mass.MASS // 2
    unfinished([f"paid-other-{number}" for number in range(half)], merchant="other")
    unfinished([f"paid-{number}" for number in range(half)])
    khalti_that_counts.order("refuse")
    with on_record("one merchant's key is refused", f"{half} due of each of two", settled_of_other=half) as came_out:
        done = run()

        assert list(done["skipped"]) == ["other"]
        assert done["answered"] == half
        assert 1 <= done["unanswered"] <= ROOM
        assert KhaltiPayment.objects.filter(merchant="default", status="completed").count() == half
        assert KhaltiPayment.objects.filter(merchant="other", status="initiated").count() == half
        assert KhaltiIssue.objects.get().kind == "key_rejected"
        came_out["asked_in_vain"] = done["unanswered"]


@pytest.mark.in_full
def test_those_that_fail_and_come_first_do_not_starve_the_others(khalti_that_counts, run):
    """The worst order there is: it looks like an outage, run after run, and yet each run comes further."""
    bad, good = BAD, MAX_FAILURES
    unfinished([f"busy-{number}" for number in range(bad)], since=timezone.now() - 2 * LONG_AGO)
    unfinished([f"paid-{number}" for number in range(good)])

    runs = 0
    while mass.working().exclude(status="completed").exists():
        done = run()
        runs += 1
        assert done["unanswered"] >= MAX_FAILURES or done["answered"]
        assert runs <= bad // MAX_FAILURES + 1

    count = khalti_that_counts.count()
    assert count["requests"] == bad + good
    assert count["most"] == 1
    with on_record("the failing ones come first", f"{bad} that fail, then {good}", runs=runs, asked_twice=0):
        mass.require_all_that_work_are_sold_once()
