"""Which messages follow from an event; a visitor's return costs no query for them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.payments import listening, make_due
from tests.webhooks.conftest import only
from tests.webhooks.secrets import OTHER_SECRET
from wagtail_khalti.actions import check_payment, reconcile, refund_payment
from wagtail_khalti.models import KhaltiDelivery, KhaltiWebhookMessage
from wagtail_khalti.models.webhooks import take_announcement
from wagtail_khalti.outbox import deliver
from wagtail_khalti.webhooks import queueing, send_webhooks

pytestmark = pytest.mark.django_db


@pytest.fixture
def statements(client, khalti, make_payment):
    """How many a visitor's return takes."""

    def count():
        payment = make_payment()
        khalti.pay(payment)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(khalti.return_path(payment)).status_code == 302
        assert payment.deliveries.get().delivered_at
        return len(queries)

    count()  # fills the caches
    return count


def test_a_return_costs_the_same_with_and_without_webhooks(statements, crm):
    without = statements()
    crm()

    assert statements() == without
    assert KhaltiDelivery.objects.get(webhooks_due_at__isnull=False)
    assert not KhaltiWebhookMessage.objects.exists()


def test_without_endpoints_nothing_is_noted_and_nothing_is_asked(make_paid, django_assert_num_queries):
    make_paid()

    assert KhaltiDelivery.objects.get().webhooks_due_at is None
    with django_assert_num_queries(0):
        assert send_webhooks() == 0


def test_an_endpoint_is_told_only_of_what_it_wants(serve, configure, make_paid):
    orders, books = serve(), serve()
    configure(
        orders={"URL": orders.url, "EVENTS": ["payment.completed"]},
        books={"URL": books.url, "EVENTS": ["payment.refunded"], "SECRET": OTHER_SECRET},
    )
    refund_payment(make_paid())

    assert send_webhooks() == 2

    assert [request.json["type"] for request in orders.requests] == ["payment.completed"]
    assert [request.json["type"] for request in books.requests] == ["payment.refunded"]
    assert not KhaltiDelivery.objects.exclude(webhooks_due_at=None).exists()


def test_an_event_that_nobody_wants_is_not_noted(crm, make_paid):
    crm(EVENTS=["payment.ended"])
    make_paid()

    assert not KhaltiDelivery.objects.exclude(webhooks_due_at=None).exists()


def test_nothing_is_told_before_the_sites_own_code_has_it(crm, khalti, payment, receiver):
    server = crm()
    khalti.pay(payment)
    check_payment(payment)
    assert send_webhooks() == 0

    receiver.is_broken = False
    payment.deliveries.update(next_try_at=timezone.now() - timedelta(seconds=1))
    deliver(payment)

    assert send_webhooks() == 1
    assert len(server.requests) == 1


def test_a_receiver_that_fails_takes_the_note_back(crm, khalti, payment):
    crm()

    def fails(**kwargs):
        raise LookupError

    with listening("completed", fails):
        khalti.pay(payment)
        check_payment(payment)

    assert payment.deliveries.get().webhooks_due_at is None


def test_each_event_is_written_once(crm, make_paid):
    crm()
    make_paid()

    queueing.queue_after_deliveries(lambda: False)
    queueing.queue_after_deliveries(lambda: False)
    KhaltiDelivery.objects.update(webhooks_due_at=timezone.now())
    queueing.queue_after_deliveries(lambda: False)

    assert only().attempts == 0


def test_one_that_cannot_be_written_delays_no_other(crm, make_paid, monkeypatch, caplog):
    server = crm()
    broken, good = make_paid(), make_paid()
    body_of = queueing.body_of

    def breaks(delivery):
        if delivery.payment == broken:
            raise ZeroDivisionError
        return body_of(delivery)

    monkeypatch.setattr(queueing, "body_of", breaks)

    assert send_webhooks() == 1
    assert server.requests[0].json["data"]["reference"] == good.reference
    assert broken.deliveries.get().webhooks_due_at > timezone.now()
    assert broken.reference in caplog.text


@pytest.mark.django_db(transaction=True)
def test_the_process_knows_that_there_is_something_to_send(crm, make_paid):
    take_announcement()
    make_paid()
    assert not take_announcement()

    crm()
    make_paid()
    assert take_announcement()
    assert not take_announcement()


def test_reconcile_sends_them_as_well(crm, khalti, payment):
    """Also of a payment whose visitor never came back."""
    server = crm()
    khalti.pay(payment)
    make_due()

    result = reconcile()

    assert (result.delivered, result.webhooks) == (1, 1)
    assert server.requests[0].json["data"]["reference"] == payment.reference
