"""A person sends a message again."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from tests.gateway.server import says
from tests.webhooks.conftest import let_time_pass, only, states
from wagtail_khalti.actions import resend_webhook
from wagtail_khalti.exceptions import WebhookBeingSent, WebhookEndpointMissing
from wagtail_khalti.models import KhaltiWebhookMessage
from wagtail_khalti.webhooks import attempts, send_webhooks

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(crm, make_paid):
    """A message to a server that takes these turns, sent once by itself."""

    def send(*turns):
        server = crm(*turns)
        server.payment = make_paid()
        send_webhooks()
        return server

    return send


def test_one_that_was_accepted(sent, manager):
    server = sent()

    message = resend_webhook(only(), by=manager)

    first, again = server.requests
    assert (again.body, again.headers["Webhook-Id"]) == (first.body, first.headers["Webhook-Id"])
    assert (message.state, message.attempts) == ("delivered", 1)
    event = server.payment.events.get(kind="webhook_resent")
    assert (event.user, event.data) == (manager, {"endpoint": "crm", "event_type": "completed"})


def test_one_that_fails_again_is_tried_like_a_new_one(sent):
    server = sent(says(status=500), says(status=500), says())
    KhaltiWebhookMessage.objects.update(state="failed", due_at=None, attempts=10)

    message = resend_webhook(only())

    assert (message.state, message.last_status, message.attempts, message.delivered_at) == ("pending", 500, 1, None)
    let_time_pass()
    assert send_webhooks() == 1
    assert len(server.requests) == 3


def test_one_that_waits_need_not_wait(sent):
    sent(says(status=500), says())

    assert resend_webhook(only()).state == "delivered"


def test_an_endpoint_that_is_back_gets_all_that_was_held_back(sent, make_paid):
    server = sent(says(status=410), says())
    make_paid(), make_paid()
    send_webhooks()
    assert states() == ["gone"] * 3

    resend_webhook(KhaltiWebhookMessage.objects.last())

    assert states() == ["pending", "pending", "delivered"]
    assert send_webhooks() == 2
    make_paid()
    assert send_webhooks() == 1
    assert len(server.requests) == 5


def test_one_that_is_still_gone_holds_back_the_others(sent, make_paid):
    sent(says(status=410))
    make_paid()
    send_webhooks()

    assert resend_webhook(only_of("gone")[0]).state == "gone"
    assert states() == ["gone"] * 2


def test_one_that_fails_then_brings_the_others_back_later(sent, make_paid):
    sent(says(status=410), says(status=500), says())
    make_paid()
    send_webhooks()
    resend_webhook(only_of("gone")[0])
    assert states() == ["pending", "gone"]

    let_time_pass()
    assert [send_webhooks(), send_webhooks()] == [1, 1]
    assert states() == ["delivered"] * 2


def test_not_while_it_is_being_sent(sent):
    server = sent()
    KhaltiWebhookMessage.objects.update(state="pending", due_at=timezone.now())
    assert attempts.lease(only())

    with pytest.raises(WebhookBeingSent):
        resend_webhook(only())

    assert len(server.requests) == 1
    KhaltiWebhookMessage.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    assert resend_webhook(only()).state == "delivered", "its process was killed"


def test_not_without_an_endpoint(sent, configure):
    sent()
    configure()

    with pytest.raises(WebhookEndpointMissing, match="crm"):
        resend_webhook(only())
    assert only().state == "delivered"


@pytest.mark.django_db(transaction=True)
def test_not_inside_a_transaction(sent):
    sent()
    with transaction.atomic(), pytest.raises(RuntimeError, match="resend_webhook"):
        resend_webhook(only())


def only_of(state):
    return list(KhaltiWebhookMessage.objects.filter(state=state).order_by("pk"))
