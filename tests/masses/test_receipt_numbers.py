"""Many payments are completed at once by four processes, and the receipt numbers have no gap."""

import json

import pytest

from tests.concurrency.rounds import on_record
from tests.concurrency.stock import unfinished
from tests.in_full import IS_FULL
from tests.masses import mass
from wagtail_khalti.models import KhaltiReceiptCounter

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.heavy, pytest.mark.every_database]

PAYMENTS, PROCESSES = 200 if IS_FULL else 60, 4


@pytest.fixture
def complete_at_once(khalti_that_counts, begin_run):
    """All of them by each process, so that most are applied by several; gives the most that one was looked up."""

    def complete(*care):
        unfinished([f"paid-{number}" for number in range(PAYMENTS)])
        for run in [begin_run(*care, concurrency=8) for _process in range(PROCESSES)]:
            assert json.loads(run.line())["broken"] == 0
        return khalti_that_counts.count()["most"]

    return complete


@pytest.mark.in_full
def test_each_of_four_processes_does_its_share(khalti_that_counts, begin_run):
    with on_record("receipt numbers, four processes", f"{PAYMENTS} paid at once", gaps=0, doubles=0):
        unfinished([f"paid-{number}" for number in range(PAYMENTS)])
        for run in [begin_run(concurrency=8) for _process in range(PROCESSES)]:
            assert json.loads(run.line())["broken"] == 0

        mass.require_receipt_numbers_without_gaps(PAYMENTS)


def test_processes_that_apply_the_same_answers_leave_no_gap(complete_at_once):
    with on_record("receipt numbers, the same by four", f"{PAYMENTS} paid at once", gaps=0, doubles=0):
        assert complete_at_once("careless") > 1

        mass.require_receipt_numbers_without_gaps(PAYMENTS)


def test_processes_that_keep_their_numbers_leave_gaps(complete_at_once):
    """The control: numbers as a sequence of the database gives them."""
    assert complete_at_once("careless", "wasteful") > 1

    [last] = KhaltiReceiptCounter.objects.values_list("last_number", flat=True)
    assert last > PAYMENTS
    assert mass.receipt_numbers() != list(range(1, PAYMENTS + 1))
