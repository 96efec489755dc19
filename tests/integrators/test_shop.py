"""A shop with a cart, written from the manual alone."""

import pytest

from tests.integrators.site import copy_site, lines_by_hand, run_tests

pytestmark = [pytest.mark.heavy, pytest.mark.every_database]
LIMIT = 141  # half of what it took before there were payables


def test_the_shop_sells_what_it_has(tmp_path):
    copy_site("shop", tmp_path)

    run_tests(tmp_path, app="shop")


def test_the_shop_is_written_in_few_lines():
    assert lines_by_hand("shop") <= LIMIT
