"""Personal data is kept as long as the settings say: reconcile erases it, a little at a time."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.privacy.conftest import started
from wagtail_khalti.actions import reconcile
from wagtail_khalti.models import KhaltiDelivery, KhaltiPayment
from wagtail_khalti.privacy import apply_retention, started_before
from wagtail_khalti.testing.factories import PaymentFactory

pytestmark = [pytest.mark.every_database, pytest.mark.django_db]


@pytest.fixture
def old(khalti):
    """``old(3)``: so many payments, the first one the youngest, older than a year."""

    def make(count=1, **options):
        made = [PaymentFactory(completed=True, **options) for _ in range(count)]
        for number, payment in enumerate(made):
            started(payment, days=366 + number)
        KhaltiDelivery.objects.update(mails_due_at=None)
        KhaltiPayment.objects.update(next_check_at=None)
        return made

    return make


@pytest.fixture
def a_year(settings):
    settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "KEEP_PERSONAL_DATA": 365}


@pytest.fixture
def small(monkeypatch):
    import sys

    module = sys.modules["wagtail_khalti.privacy.anonymize"]
    monkeypatch.setattr(module, "BATCH_SIZE", 2)
    monkeypatch.setattr(module, "TOO_LONG", 60)
    monkeypatch.setattr(module, "WALK_SIZE", 3)
    monkeypatch.setattr(module, "IN_A_RUN", 2)


def left():
    return KhaltiPayment.objects.filter(anonymized_at=None).count()


def test_without_the_setting_it_is_kept_for_ever(old):
    old()

    assert (reconcile().anonymized, left()) == (0, 1)


def test_reconcile_erases_what_is_too_old(old, a_year):
    [payment] = old()
    young = PaymentFactory(completed=True)
    started(young, days=364)

    assert reconcile().anonymized == 1
    assert KhaltiPayment.objects.get(anonymized_at=None).pk == young.pk
    payment.refresh_from_db()
    assert payment.customer_name == ""


def test_a_few_at_a_time_the_oldest_first(old, a_year, small):
    payments = old(5)

    assert reconcile().anonymized == 4
    assert KhaltiPayment.objects.get(anonymized_at=None).pk == payments[0].pk
    assert reconcile().anonymized == 1
    assert reconcile().anonymized == 0


def test_those_that_wait_keep_nobody_else_waiting(old, a_year, small):
    old(2)
    waiting = [PaymentFactory(initiated=True) for _ in range(7)]
    for payment in waiting:
        started(payment, days=800)
    KhaltiPayment.objects.update(next_check_at=None)

    assert (reconcile().anonymized, left()) == (2, 7)


def test_a_run_that_is_over_erases_nothing(old, a_year):
    old()

    assert reconcile(is_stopping=lambda: True).anonymized == 0


def test_those_that_wait_cost_no_time_once_a_run_is_over(old, a_year, small, django_assert_num_queries):
    for payment in [PaymentFactory(initiated=True) for _ in range(9)]:
        started(payment, days=800)
    asked = iter([False, True])

    with django_assert_num_queries(3):  # two batches are read, and the first is looked at
        apply_retention(is_over=lambda: next(asked))


def test_each_is_walked_by_once_also_those_of_the_same_moment(old, small):
    payments = old(8)
    KhaltiPayment.objects.update(created_at=timezone.now() - timedelta(days=400))

    assert list(started_before(timezone.now())) == [payment.pk for payment in payments]


def test_the_oldest_come_first(old, small):
    payments = old(8)

    assert list(started_before(timezone.now())) == [payment.pk for payment in reversed(payments)]
