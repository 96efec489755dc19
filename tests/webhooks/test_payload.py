"""What a message says, and what it never says."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.gateway.server import says
from tests.shop.models import Order
from tests.webhooks.conftest import SITA, only
from wagtail_khalti.actions import check_payment, refund_payment
from wagtail_khalti.dates.days import as_utc
from wagtail_khalti.ledger import open_issue
from wagtail_khalti.models import KhaltiIssue, KhaltiWebhookMessage
from wagtail_khalti.outbox import deliver
from wagtail_khalti.webhook_endpoints import reading
from wagtail_khalti.webhooks import attempts, bounded_response, send_webhooks, transport

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(crm):
    """What the server was told, in order."""
    server = crm()

    def told():
        send_webhooks()
        return [request.json for request in server.requests]

    return told


def test_of_a_completed_payment(told, make_paid):
    order = Order.objects.create()
    payment = make_paid(purpose="सदस्यता", payable=order)

    [message] = told()

    assert message == {
        "type": "payment.completed",
        "timestamp": as_utc(payment.deliveries.get().created_at),
        "data": {
            "reference": payment.reference,
            "status": "completed",
            "amount": 150_000,
            "refund_total": 0,
            "refundable": 150_000,
            "currency": "NPR",
            "purpose": "सदस्यता",
            "purchase_order_id": payment.purchase_order_id,
            "merchant": "default",
            "mode": "simulator",
            "is_test": True,
            "payable": {"type": "shop.order", "id": str(order.pk)},
            "created_at": as_utc(payment.created_at),
            "completed_at": as_utc(payment.completed_at),
            "ended_at": None,
        },
    }
    assert message["timestamp"].endswith("Z")


def test_of_a_refund(told, make_paid):
    payment = make_paid()
    refund = refund_payment(payment, amount=40_000)

    _completed, message = told()

    assert message["type"] == "payment.refunded"
    assert message["data"]["refund"] == {"reference": refund.reference, "amount": 40_000, "refundable": 110_000}
    assert (message["data"]["refund_total"], message["data"]["refundable"]) == (40_000, 110_000)


def test_of_a_payment_that_ended(told, khalti, payment):
    khalti.cancel(payment)
    check_payment(payment)

    [message] = told()

    assert (message["type"], message["data"]["status"]) == ("payment.ended", "canceled")
    assert message["data"]["payable"] is None
    assert message["data"]["completed_at"] is None


def test_of_an_issue(told, payment):
    open_issue(payment, KhaltiIssue.Kind.NOT_FOUND)
    deliver(payment)

    [message] = told()

    assert (message["type"], message["data"]["issue"]) == ("payment.needs_attention", {"kind": "not_found"})


def test_it_says_nothing_about_the_payer(told, make_paid):
    payment = make_paid(metadata={"seat": "Hari's"})
    refund_payment(payment, reason="Sita is ill")

    text = json.dumps(told())

    for secret in (*SITA.name.split(), SITA.email, SITA.phone, "Hari", "ill", payment.pidx, payment.transaction_id):
        assert secret not in text


def test_a_repeated_message_says_the_same(crm, make_paid):
    """Although the payment has changed meanwhile."""
    server = crm(says(status=500), says())
    payment = make_paid()
    send_webhooks()
    first = server.requests[0]
    KhaltiWebhookMessage.objects.update(due_at=payment.created_at)
    payment.__class__.objects.filter(pk=payment.pk).update(purpose="Another", status="refunded")

    send_webhooks()

    again = server.requests[1]
    assert again.body == first.body
    assert again.headers["Webhook-Id"] == first.headers["Webhook-Id"] == only().message_id


def test_a_site_without_time_zones_tells_the_same_times(told, khalti, make_payment, settings):
    settings.USE_TZ = False
    payment = make_payment()
    khalti.pay(payment)
    check_payment(payment)

    [message] = told()

    told_at = datetime.fromisoformat(message["data"]["completed_at"])
    assert abs(datetime.now(UTC) - told_at) < timedelta(minutes=1)
    assert only().state == "delivered"


def test_it_is_what_the_manual_shows(told, make_paid):
    page = (Path(__file__).parents[2] / "docs/howto/webhooks.md").read_text()
    [shown] = re.findall(r"^```json\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    refund_payment(make_paid(payable=Order.objects.create()), amount=40_000)

    message = told()[1]

    assert shape(json.loads(shown)) == shape(message)
    assert set(re.findall(r"^\| `(payment\.\w+)` \|", page, re.MULTILINE)) == set(reading.EVENTS)


def test_the_manual_says_how_often_it_is_tried():
    page = (Path(__file__).parents[2] / "docs/howto/webhooks.md").read_text()

    assert [pause.total_seconds() for pause in attempts.PAUSES[:3]] == [5, 300, 1800]
    assert [pause.total_seconds() / 3600 for pause in attempts.PAUSES[3:]] == [2, 5, 10, 14, 20, 24]
    assert "after 5 seconds, 5 and 30 minutes, 2, 5, 10, 14, 20 and 24 hours, then given up: 10 attempts" in page
    assert (bounded_response.MAX_SECONDS, transport.CONNECT_TIMEOUT) == (10.0, 3.0)
    assert "within 10 seconds, 3 to connect" in page
    assert timedelta(seconds=60) < attempts.LEASE


def shape(value):
    """Its keys and types, in order."""
    if isinstance(value, dict):
        return [(name, shape(inner)) for name, inner in value.items()]
    return type(value).__name__
