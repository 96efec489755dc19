"""The site's code kills the process in which it runs: out of memory, a deploy, a power cut."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.payments import SIGNALS, end_the_pause, issues, make_due
from wagtail_khalti.actions import check_payment, reconcile
from wagtail_khalti.models import KhaltiDelivery

pytestmark = [pytest.mark.every_database, pytest.mark.django_db]
MINUTE = timedelta(minutes=1)


@pytest.mark.django_db(transaction=True)
def test_the_next_run_does_not_begin_with_a_killing_receiver(khalti, payment, on, make_payment):
    """Or else no run would ever come to anything else."""

    def kills(**kwargs):
        raise SystemExit

    khalti.pay(payment)
    on("completed", kills)
    with pytest.raises(SystemExit):
        check_payment(payment)
    other = make_payment()
    khalti.pay(other)
    make_due(pk=other.pk)
    end_the_pause(payment=payment)

    with pytest.raises(SystemExit):
        reconcile()  # because of the other payment, which it has learned of first
    with pytest.raises(SystemExit):
        reconcile()

    other.refresh_from_db()
    assert other.status == "completed"
    assert KhaltiDelivery.objects.undelivered().count() == 2
    assert reconcile().undelivered == 0, "both are in hand"


def test_a_receiver_that_always_kills_its_process_opens_an_issue(khalti, payment, on):
    calls = []

    def kills(**kwargs):
        calls.append(1)
        raise SystemExit

    on("completed", kills)
    khalti.pay(payment)
    with pytest.raises(SystemExit):
        check_payment(payment)
    for _time in range(3):
        assert issues(payment) == []
        end_the_pause()
        with pytest.raises(SystemExit):
            reconcile()

    assert len(calls) == 4
    assert payment.issues.get().sentence == "The site's code fails to process the event “completed”: –."


def test_a_run_tells_the_site_what_a_killed_process_left(khalti, payment, on, time_machine):
    def is_killed(**kwargs):
        raise SystemExit

    on("completed", is_killed)
    khalti.pay(payment)
    with pytest.raises(SystemExit):
        check_payment(payment)
    delivery = payment.deliveries.get()
    assert (delivery.delivered_at, delivery.attempts) == (None, 1), "also a try that killed its process counts"
    assert reconcile().delivered == 0, "not before its pause is over"

    SIGNALS["completed"].disconnect(is_killed)
    time_machine.move_to(timezone.now() + 1.1 * MINUTE)
    assert reconcile().delivered == 1
