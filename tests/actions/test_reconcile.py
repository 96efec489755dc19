"""The site finds out by itself."""

from datetime import timedelta

import pytest
from django.utils import timezone

from wagtail_khalti.actions import reconcile, start_payment
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.models.payment import Status

pytestmark = pytest.mark.django_db


def make_due(**lookups):
    KhaltiPayment.objects.filter(**lookups).update(next_check_at=timezone.now() - timedelta(seconds=1))


@pytest.fixture
def payment(khalti):
    return start_payment(150_000, purpose="Order", base_url="http://testserver")


def test_a_visitor_who_never_came_back_has_paid_all_the_same(khalti, payment, heard):
    khalti.pay(payment)
    make_due(pk=payment.pk)

    done = reconcile()

    payment.refresh_from_db()
    assert payment.status == Status.COMPLETED
    assert heard == [("completed", payment.reference)]
    assert (done.answered, done.moved, done.unanswered) == (1, 1, 0)


def test_nothing_is_asked_before_it_is_due(khalti, payment):
    khalti.pay(payment)

    assert reconcile().asked == 0


@pytest.mark.django_db(transaction=True)
def test_many_questions_at_a_time(khalti):
    payments = [start_payment(150_000, purpose="Order", base_url="http://testserver") for _ in range(30)]
    for payment in payments:
        khalti.pay(payment)
    make_due()

    done = reconcile(concurrency=4)

    assert (done.answered, done.moved) == (30, 30)
