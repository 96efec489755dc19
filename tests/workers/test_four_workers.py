"""The engine for many machines: workers of ``django-tasks`` on its two queues."""

from contextlib import ExitStack

import pytest
from django.db import connection
from django.db.models import F, Max
from django.utils import timezone

from tests.concurrency.rounds import on_record
from tests.in_full import IS_FULL
from tests.payments import listening
from tests.shop.models import Order
from tests.workers.apps import mark_as_paid
from tests.workers.backends import workers_on_redis, workers_on_the_database
from wagtail_khalti.actions import reconcile
from wagtail_khalti.models import KhaltiDelivery, KhaltiEvent, KhaltiPayment

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.heavy]

MANY = 200 if IS_FULL else 48
IN_HAND = 8  # payments that one worker has claimed at a time: twice its concurrency of 4
QUEUES = [
    pytest.param(workers_on_the_database, id="database", marks=pytest.mark.every_database),
    pytest.param(workers_on_redis, id="redis", marks=pytest.mark.redis),
]


def can_skip_locked_rows():
    return connection.features.has_select_for_update_skip_locked


def questions_of_four():
    """At once, when all are at work. On SQLite, of several that read the same, one gets it and the others go short."""
    return 4 * 4 if can_skip_locked_rows() else 4 + 1


def the_killed_ones_claims_run_out():
    """What five minutes do."""
    now = timezone.now()
    KhaltiPayment.objects.filter(leased_until__gt=now).update(leased_until=now, next_check_at=now)


@pytest.fixture
def site():
    """In this process, too, the site marks orders that are paid."""
    with listening("completed", mark_as_paid):
        yield


def unfinished():
    return KhaltiPayment.objects.exclude(status="completed")


@pytest.mark.parametrize("queue", QUEUES)
def test_four_workers_miss_and_repeat_none_even_if_one_is_killed(queue, khalti, pay_many, site):
    pay_many(MANY)
    khalti.lock_payment()

    with queue(khalti.url) as workers, ExitStack() as running:
        workers.enqueue(8)
        victim, *others = [running.enter_context(workers.one()) for _ in range(4)]
        khalti.wait_for(questions_of_four())
        victim.kill()
        khalti.answer()
        assert [worker.ends() for worker in others] == [0, 0, 0]

    left = set(unfinished().values_list("pidx", flat=True))
    assert len(left) <= IN_HAND, "what the killed one had in hand, and nothing else"
    assert left or not can_skip_locked_rows()
    the_killed_ones_claims_run_out()
    reconcile(concurrency=4)

    assert not unfinished().exists()
    assert khalti.asked_at_once == []
    asked = [call.pidx for call in khalti.calls if call.pidx not in left]
    assert len(asked) == len(set(asked)) == MANY - len(left)
    assert set(Order.objects.values_list("times_paid", flat=True)) == {1}
    assert KhaltiEvent.objects.filter(kind="status_changed").count() == MANY
    deliveries = KhaltiDelivery.objects.filter(delivered_at__gt=F("created_at"))
    assert (deliveries.count(), deliveries.aggregate(most=Max("attempts"))["most"]) == (MANY, 1)
    queue = "Redis" if queue is workers_on_redis else "the database"
    with on_record(f"four workers on {queue}, one killed", f"{MANY} due", missed=0, asked_twice=0, in_hand=len(left)):
        pass


@pytest.mark.every_database
def test_without_claims_they_would_ask_about_the_same(khalti, pay_many):
    """The control: what they read at the same time, both would ask about."""
    pay_many(12)
    khalti.lock_payment()

    with workers_on_the_database(khalti.url) as workers, ExitStack() as running:
        workers.enqueue(2)
        both = [running.enter_context(workers.one(are_careless="1")) for _ in range(2)]
        khalti.wait_for(2 * 4)
        khalti.answer()
        assert [worker.ends() for worker in both] == [0, 0]

    assert len(khalti.asked_at_once) >= 4
    assert set(Order.objects.values_list("times_paid", flat=True)) == {1}, "the gate behind it holds all the same"
