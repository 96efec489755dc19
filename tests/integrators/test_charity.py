"""Two sites in two languages with an account each and a user model of their own, written from the manual alone."""

import pytest

from tests.integrators.site import copy_site, lines_by_hand, run_tests

pytestmark = pytest.mark.heavy
LIMIT = 33  # half of what it took before


def test_each_site_is_paid_to_its_account(tmp_path):
    copy_site("charity", tmp_path)

    run_tests(tmp_path, app="charity")


def test_the_charity_is_written_in_few_lines():
    assert lines_by_hand("charity") <= LIMIT
