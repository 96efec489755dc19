"""Days are counted while payments of these days change."""

import threading
from datetime import timedelta
from importlib import import_module

import pytest
from django.db import transaction
from django.utils import timezone

from tests.concurrency.crowd import each_at_once
from tests.concurrency.rounds import on_record
from tests.in_full import IS_FULL
from wagtail_khalti.dates.days import days_between, today
from wagtail_khalti.dates.nepali import day_in_nepal
from wagtail_khalti.gateway import Lookup
from wagtail_khalti.ledger import apply_lookup
from wagtail_khalti.models import KhaltiPayment, KhaltiSnapshot
from wagtail_khalti.models.reporting import invalidate_days_of
from wagtail_khalti.models.status import Status
from wagtail_khalti.reporting import snapshots
from wagtail_khalti.reporting.totals import totals

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.heavy, pytest.mark.every_database]

APPLY_LOOKUP = import_module("wagtail_khalti.ledger.apply_lookup")  # in the package its name is the function's
DAY = timedelta(days=1)
PAYMENTS = 120 if IS_FULL else 24


def began_days_ago(days):
    """A payment that waits since then."""
    number = KhaltiPayment.objects.count()
    payment = KhaltiPayment.objects.create(
        amount=150_000,
        purpose="Order",
        merchant="default",
        mode="simulator",
        status=Status.INITIATED,
        pidx=f"pidx-{number}",
        purchase_order_id=f"order-{number}",
    )
    KhaltiPayment.objects.filter(pk=payment.pk).update(created_at=timezone.now() - days * DAY)
    payment.refresh_from_db()
    return payment


def expire(payment):
    answer = Lookup(pidx=payment.pidx, status="Expired", amount=payment.amount)
    apply_lookup(payment, answer, requested_at=timezone.now())


def expired_by_totals():
    return totals(today() - 9 * DAY, today(), mode="simulator").all.expired


def expired():
    return KhaltiPayment.objects.filter(status=Status.EXPIRED).count()


@pytest.fixture
def old():
    """Of a day that is being counted for the first time, or anew."""
    payment = began_days_ago(3)
    KhaltiSnapshot.objects.create(day=day_in_nepal(payment.created_at), version=snapshots.new_version())
    return payment


def while_it_is_counted(monkeypatch, act):
    """``act`` comes between the count and the keeping of it."""
    aggregate_days = snapshots.aggregate_days

    def counts_then_acts(days):
        aggregates = aggregate_days(days)
        act()
        return aggregates

    monkeypatch.setattr(snapshots, "aggregate_days", counts_then_acts)


def keep(payment):
    return snapshots.save_snapshots([day_in_nepal(payment.created_at)])


def test_a_change_that_comes_while_its_day_is_counted(old, monkeypatch):
    while_it_is_counted(monkeypatch, lambda: expire(old))

    assert keep(old) == set()

    assert expired_by_totals() == 1


def test_without_a_new_stamp_the_count_would_be_kept(old, monkeypatch):
    """The control."""
    monkeypatch.setattr(APPLY_LOOKUP, "invalidate_days_of", lambda *moments: None)
    while_it_is_counted(monkeypatch, lambda: expire(old))
    keep(old)
    monkeypatch.undo()

    assert (expired_by_totals(), expired()) == (0, 1)


def change_that_is_committed_after_the_count(old, monkeypatch):
    """The days that are kept by who counts while the change waits for its commit."""
    changed, counted = threading.Event(), threading.Event()

    def change():
        with transaction.atomic():
            KhaltiPayment.objects.filter(pk=old.pk).update(status=Status.EXPIRED)
            invalidate_days_of(old.created_at)
            changed.set()
            assert counted.wait(timeout=30)

    def count():
        assert changed.wait(timeout=30)
        return keep(old)

    while_it_is_counted(monkeypatch, counted.set)
    return each_at_once([change, count])[1]


def test_a_change_not_committed_when_its_day_was_aggregated(old, monkeypatch):
    assert change_that_is_committed_after_the_count(old, monkeypatch) == set()

    assert expired_by_totals() == 1


def test_if_the_stamp_were_not_compared_it_would_be_lost(old, monkeypatch):
    """The control."""

    def keeps_anyway(day, version):
        return bool(KhaltiSnapshot.objects.filter(day=day).update(is_current=True))

    monkeypatch.setattr(snapshots, "_mark_current", keeps_anyway)
    change_that_is_committed_after_the_count(old, monkeypatch)
    monkeypatch.undo()

    assert (expired_by_totals(), expired()) == (0, 1)


def test_a_crowd_counts_while_a_crowd_of_payments_ends():
    """Nobody is turned away by the database, no count is lost, and somebody succeeds."""
    payments = [began_days_ago(1 + number % 8) for number in range(PAYMENTS)]
    acts = [lambda payment=payment: expire(payment) for payment in payments]
    with on_record("counts of days", f"{PAYMENTS} payments that end meanwhile", wrong_totals=0):
        each_at_once(acts + [expired_by_totals] * (PAYMENTS // 2))

        assert expired_by_totals() == expired() == PAYMENTS
        days = days_between(today() - 8 * DAY, today() - 2 * DAY)
        assert snapshots.days_without_snapshot(days[0], days[-1]) == []


@pytest.mark.in_full
def test_many_who_look_at_once_count_alike_and_one_count_is_kept():
    for number in range(8):
        began_days_ago(1 + number)

    looks = each_at_once([lambda: totals(today() - 9 * DAY, today(), mode="simulator")] * 8)

    assert all(look == looks[0] for look in looks)
    assert snapshots.days_without_snapshot(today() - 7 * DAY, today() - 2 * DAY) == []
