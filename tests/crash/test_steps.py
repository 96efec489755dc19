"""What is watched, and that a kill is one: nothing of the step has happened, and all before it has."""

import pytest
from django.db import transaction

from tests.crash.steps import watched
from tests.crash.victim import run_in_a_process
from tests.shop.models import Order
from wagtail_khalti.actions import start_payment

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.heavy, pytest.mark.every_database]


def two_orders():
    Order.objects.create(note="at once")
    with transaction.atomic():
        Order.objects.create(note="in a transaction")
    Order.objects.count()


TWO_ORDERS = ["INSERT INTO shop_order at once", "INSERT INTO shop_order in a transaction", "COMMIT", "end well"]


def test_writes_and_commits_are_steps_and_reads_are_none():
    fate = run_in_a_process(two_orders)

    assert fate.steps == TWO_ORDERS
    assert not fate.was_killed
    assert Order.objects.count() == 2


@pytest.mark.parametrize(("step", "there"), [(0, 0), (1, 1), (2, 1), (3, 2)])
def test_a_kill_before_a_step_keeps_the_steps_before_it(step, there):
    fate = run_in_a_process(two_orders, kill_at=step)

    assert fate.was_killed
    assert fate.steps == TWO_ORDERS[: step + 1]
    assert Order.objects.count() == there


def test_who_fails_in_another_way_is_not_taken_for_killed():
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        run_in_a_process(lambda: 1 // 0)


def test_a_request_is_two_steps_and_work_at_khalti_is_none(khalti):
    steps = []
    with watched(lambda number, name: steps.append(name)):
        start_payment(150_000, purpose="Order", base_url="http://testserver")

    table = "wagtail_khalti_khalti"
    assert steps == [
        f"INSERT INTO {table}payment in a transaction",
        f"INSERT INTO {table}event in a transaction",
        f"INSERT INTO {table}searchentry in a transaction",
        "COMMIT",
        "send initiate to Khalti",
        "read Khalti's answer to initiate",
        f"UPDATE {table}payment in a transaction",
        f"INSERT INTO {table}event in a transaction",
        "COMMIT",
    ]
