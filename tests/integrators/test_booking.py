"""A booking service with a front end that calls the JSON API, written from the manual alone."""

import pytest

from tests.integrators.site import copy_site, lines_by_hand, run_tests
from tests.matrix import CHROMIUM, NO_CHROMIUM

pytestmark = pytest.mark.heavy
LIMIT = 93  # half of what it took before there was an API


def test_a_slot_is_sold_once(tmp_path):
    copy_site("booking", tmp_path)

    run_tests(tmp_path, "test_booking.py", "test_receivers.py", app="booking")


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM, reason=NO_CHROMIUM)
def test_the_front_end_books_a_slot(tmp_path):
    copy_site("booking", tmp_path)

    run_tests(tmp_path, "test_front_end.py", app="booking")


def test_the_booking_service_is_written_in_few_lines():
    assert lines_by_hand("booking") <= LIMIT
