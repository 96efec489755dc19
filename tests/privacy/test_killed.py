"""``kill -9`` before each step: each payment is as it was or wholly anonymised, and the next run finishes the rest."""

import sys
from contextlib import contextmanager

import pytest

from tests.crash.victim import run_in_a_process
from wagtail_khalti.models import KhaltiDelivery, KhaltiEvent, KhaltiPayment, KhaltiSearchEntry
from wagtail_khalti.privacy import anonymize
from wagtail_khalti.testing.factories import PaymentFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.heavy, pytest.mark.every_database]

ERASING = sys.modules["wagtail_khalti.privacy.erasing"]


@pytest.fixture
def hers(khalti, monkeypatch):
    """In two batches."""
    monkeypatch.setattr(sys.modules["wagtail_khalti.privacy.anonymize"], "BATCH_SIZE", 2)
    payments = [PaymentFactory(completed=True) for _ in range(3)]
    for payment in payments:
        KhaltiEvent.about(payment, KhaltiEvent.Kind.NOTE_ADDED, data={"note": "Sita"}).save()
    KhaltiDelivery.objects.update(mails_due_at=None)
    return [payment.pk for payment in payments]


def half_done():
    """Payments of which something was erased, and something was not."""
    for payment in KhaltiPayment.objects.all():
        is_marked = payment.anonymized_at is not None
        is_found = payment.search_entries.filter(is_personal=True).exists()
        is_noted = "note" in payment.events.get(kind="note_added").data
        if {is_marked} != {not payment.customer_name, not is_found, not is_noted}:
            yield payment.reference


def toll(pks):
    """Of a kill before each step, each from the beginning: what was found half done, and how often any were left."""
    rows = {model: list(model._base_manager.values()) for model in (KhaltiPayment, KhaltiEvent, KhaltiSearchEntry)}
    steps = run_in_a_process(lambda: anonymize(pks)).steps
    broken, resumed = [], 0
    for number in range(len(steps)):
        put_back(rows)
        assert run_in_a_process(lambda: anonymize(pks), kill_at=number).was_killed
        broken += half_done()
        resumed += anonymize(pks).count
        assert not KhaltiPayment.objects.filter(anonymized_at=None).exists()
    return steps, broken, resumed


def put_back(rows):
    KhaltiSearchEntry.objects.all().delete()
    KhaltiSearchEntry.objects.bulk_create(KhaltiSearchEntry(**row) for row in rows[KhaltiSearchEntry])
    KhaltiEvent.objects.erase([KhaltiEvent(pk=row["id"], data=row["data"]) for row in rows[KhaltiEvent]])
    for row in rows[KhaltiPayment]:
        KhaltiPayment.objects.filter(pk=row["id"]).update(**row)


def test_no_payment_is_left_half_done_and_a_repetition_finishes(hers):
    steps, broken, resumed = toll(hers)

    assert steps.count("COMMIT") == 2
    assert broken == []
    # By then none, or the first two, were done: all three are done afterwards.
    first = steps.index("COMMIT") + 1
    assert resumed == 3 * first + 1 * (len(steps) - first - 1)


def test_without_the_transaction_some_would_be(hers, monkeypatch):
    """The control."""

    @contextmanager
    def no_transaction():
        yield

    monkeypatch.setattr(ERASING, "short_transaction", no_transaction)
    monkeypatch.setattr(ERASING, "_lock", lambda pks: None)

    assert toll(hers)[1]
