"""A payment that completes after its units were given to others: the money counts, and staff are told."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.payments import event_types, issues
from wagtail_khalti.actions import Reservation, check_payment, refund_payment, start_payment
from wagtail_khalti.exceptions import SoldOut
from wagtail_khalti.ledger import availability
from wagtail_khalti.ledger.inventory import UNSENT_HOLDS
from wagtail_khalti.models import KhaltiInventory, KhaltiPayment
from wagtail_khalti.models.status import Status

pytestmark = [pytest.mark.every_database, pytest.mark.django_db]


@pytest.fixture
def start(khalti):
    def start(limit=1):
        seat = Reservation(key="concert", limit=limit)
        return start_payment(150_000, purpose="Ticket", base_url="http://testserver", reservation=seat)

    return start


@pytest.fixture
def released(khalti, start):
    """Its link expired, and Khalti said so."""
    payment = start()
    khalti.expire(payment)
    return check_payment(payment)


def test_a_late_payment_takes_its_unit_again(khalti, start, released):
    khalti.pay(released)
    check_payment(released)

    assert issues(released) == ["late_payment"], "the unit was still there"
    with pytest.raises(SoldOut):
        start()


def test_if_the_unit_is_gone_the_money_counts_and_staff_are_told(khalti, start, released):
    other = start()
    khalti.pay(released)

    check_payment(released)

    assert released.status == Status.COMPLETED
    assert issues(released) == ["oversold"]
    assert event_types(released)[:2] == ["ended", "completed"]
    assert released.issues.get(kind="oversold").details == {"was": "expired", "taken": 2, "limit": 1}
    assert issues(other) == []
    khalti.pay(other)
    assert issues(check_payment(other)) == [], "who paid in time is no reason for an issue"
    [inventory] = KhaltiInventory.objects.all()
    found = availability(inventory, "simulator")
    assert (found.sold, found.available) == (2, 0)


def test_a_full_refund_ends_the_issue_and_a_part_does_not(khalti, start, released):
    start()
    khalti.pay(released)
    check_payment(released)

    refund_payment(released, 50_000)
    assert "oversold" in issues(released)
    released.refresh_from_db()
    khalti.refund_in_dashboard(released)
    check_payment(released)

    assert "oversold" not in issues(released)


def test_a_higher_limit_leaves_room_for_it(khalti, start, released):
    start(limit=2)
    khalti.pay(released)

    assert issues(check_payment(released)) == ["late_payment"]


def test_a_payment_sent_by_a_process_that_was_stopped_is_found(khalti, start):
    """Its lease had ended when it continued, and others got the unit meanwhile."""
    stopped = start()
    began = timezone.now() - UNSENT_HOLDS - timedelta(minutes=5)
    KhaltiPayment.objects.filter(pk=stopped.pk).update(status=Status.CREATED, created_at=began)
    start()
    KhaltiPayment.objects.filter(pk=stopped.pk).update(status=Status.INITIATED)
    stopped.refresh_from_db()
    khalti.pay(stopped)

    assert issues(check_payment(stopped)) == ["oversold"]
