"""Several at the same time: each payment is anonymised once, and nothing begins while it is."""

import sys
import threading

import pytest
from django.db import DatabaseError, connection, transaction

from tests.concurrency.crowd import all_at_once
from wagtail_khalti.models import KhaltiDelivery, KhaltiPayment
from wagtail_khalti.privacy import anonymize
from wagtail_khalti.testing.factories import PaymentFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.heavy, pytest.mark.every_database]

ERASING = sys.modules["wagtail_khalti.privacy.erasing"]


@pytest.fixture
def hers(khalti):
    payments = [PaymentFactory(completed=True) for _ in range(30)]
    KhaltiDelivery.objects.update(mails_due_at=None)
    return [payment.pk for payment in payments]


def test_each_is_anonymised_once(hers):
    results = all_at_once(4, lambda: anonymize(hers))

    assert sum(result.count for result in results) == len(hers)
    assert not KhaltiPayment.objects.filter(anonymized_at=None).exists()


class Colleague:
    """Tries to begin a refund on another connection, between the decision and the erasure."""

    def __init__(self, monkeypatch):
        self.is_refused = None
        erase = ERASING._erase

        def interrupted(pks):
            colleague = threading.Thread(target=self._lock, args=[pks[0]])
            colleague.start()
            colleague.join()
            erase(pks)

        monkeypatch.setattr(ERASING, "_erase", interrupted)

    def _lock(self, pk):
        try:
            with transaction.atomic():
                KhaltiPayment.objects.select_for_update(nowait=True).get(pk=pk)
            self.is_refused = False
        except DatabaseError:
            self.is_refused = True
        finally:
            connection.close()


locks_rows = pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one lock, for the whole file")


@locks_rows
def test_no_refund_begins_meanwhile(hers, monkeypatch):
    colleague = Colleague(monkeypatch)

    anonymize(hers)

    assert colleague.is_refused


@locks_rows
def test_without_the_lock_one_would(hers, monkeypatch):
    """The control."""
    monkeypatch.setattr(ERASING, "_lock", lambda pks: None)
    colleague = Colleague(monkeypatch)

    anonymize(hers)

    assert colleague.is_refused is False
