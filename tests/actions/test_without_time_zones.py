"""A site with ``USE_TZ = False`` stores times without a zone, and everything that reckons with them goes on."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.payments import end_the_pause, kinds, make_due
from wagtail_khalti.actions import check_payment, reconcile, refund_payment, resolve_issue
from wagtail_khalti.models import KhaltiIssue, KhaltiPayment
from wagtail_khalti.simulator.disturbance.faults import Fault

pytestmark = pytest.mark.django_db


@pytest.fixture
def payment(settings, make_payment):
    settings.USE_TZ = False
    assert timezone.is_naive(timezone.now())
    return make_payment()


def stored(payment):
    return KhaltiPayment.objects.get(pk=payment.pk)


def test_what_is_due_is_found_claimed_and_settled(khalti, payment, heard):
    khalti.pay(payment)
    make_due()

    done = reconcile()

    assert (done.answered, done.moved, done.broken) == (1, 1, 0)
    after = stored(payment)
    assert after.next_check_at == after.completed_at + timedelta(days=1)
    assert heard == [("completed", payment.reference)]


@pytest.mark.parametrize("happens", ["begin", "cancel", "expire", "refund_in_dashboard"])
def test_each_kind_of_answer_has_its_next_moment(khalti, payment, happens):
    if happens == "refund_in_dashboard":
        khalti.pay(payment)
    getattr(khalti, happens)(payment)
    make_due()

    done = reconcile()

    assert (done.moved, done.broken) == (1, 0)
    due = stored(payment).next_check_at
    assert due is None if happens == "refund_in_dashboard" else due > timezone.now()


def test_silence_and_a_payment_that_khalti_does_not_know(khalti, payment):
    KhaltiPayment.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    khalti.answer("lookup", {"detail": "Not found."}, status=404)
    make_due()

    assert reconcile().unanswered == 1

    assert stored(payment).next_check_at > timezone.now()
    resolve_issue(payment.issues.get(kind="not_found"), resolution=KhaltiIssue.Resolution.RESOLVED)
    assert kinds(payment)[-1] == "issue_resolved"


def test_what_failed_is_delivered_later(khalti, payment, receiver):
    khalti.pay(payment)
    make_due()
    reconcile()
    assert payment.deliveries.get().next_try_at > timezone.now()
    receiver.is_broken = False
    end_the_pause()

    assert reconcile().delivered == 1


def test_a_refund_is_made_and_one_in_doubt_is_decided(khalti, payment):
    khalti.pay(payment)
    check_payment(payment)
    assert refund_payment(payment, 50_000).state == "succeeded"
    khalti.trouble("refund", Fault.RESET_BEFORE)

    refund = refund_payment(payment, 30_000)

    assert refund.state == "unconfirmed"
    assert stored(payment).next_check_at > timezone.now()
    khalti.refund_in_dashboard(payment)
    make_due()

    assert reconcile().broken == 0

    refund.refresh_from_db()
    assert (refund.state, stored(payment).refundable) == ("succeeded", 0)
