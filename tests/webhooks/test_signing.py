"""Messages are verified by the library of the Standard Webhooks themselves."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from tests.webhooks.conftest import only
from tests.webhooks.secrets import OTHER_SECRET, SECRET
from wagtail_khalti.webhooks import send_webhooks
from wagtail_khalti.webhooks.signing import signed_headers

pytestmark = pytest.mark.django_db

KEY = base64.b64decode(SECRET.removeprefix("whsec_"))


@pytest.fixture
def received(crm, make_paid):
    """What arrives, as the receiver's code sees it."""

    def receive(**options):
        server = crm(**options)
        make_paid()
        assert send_webhooks() == 1
        return server.requests[0]

    return receive


def test_a_receiver_verifies_it(received):
    request = received()

    payload = Webhook(SECRET).verify(request.body, request.headers)

    assert payload["type"] == "payment.completed"
    assert request.method == "POST"
    assert request.headers["Content-Type"] == "application/json"
    assert request.headers["Webhook-Id"] == only().message_id


def test_nobody_else_can_have_sent_it(received):
    request = received()

    with pytest.raises(WebhookVerificationError):
        Webhook(OTHER_SECRET).verify(request.body, request.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(request.body.replace(b"150000", b"950000"), request.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(request.body, {**request.headers, "Webhook-Id": "msg_other"})


def test_an_old_one_is_refused_by_its_time(received, time_machine):
    request = received()

    time_machine.move_to(datetime.now(UTC) + timedelta(minutes=6))
    with pytest.raises(WebhookVerificationError, match="too old"):
        Webhook(SECRET).verify(request.body, request.headers)


@pytest.mark.parametrize("secret", [SECRET, OTHER_SECRET])
def test_while_a_secret_is_replaced_both_are_good(received, secret):
    request = received(SECRET=[OTHER_SECRET, SECRET])

    assert Webhook(secret).verify(request.body, request.headers)


@pytest.mark.parametrize("body", ["{}", '{"purpose":"\\u0938\\u0926\\u0938\\u094d\\u092f"}', "", "a.b,c d"])
def test_the_signature_is_the_one_that_their_library_makes(body):
    headers = signed_headers("msg_1", 1_790_000_000, body, [KEY])

    theirs = Webhook(SECRET).sign("msg_1", datetime.fromtimestamp(1_790_000_000, UTC), body)
    assert headers == {"webhook-id": "msg_1", "webhook-timestamp": "1790000000", "webhook-signature": theirs}


def test_the_example_of_the_standard():
    """From its specification's reference libraries."""
    headers = signed_headers("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, '{"test": 2432232314}', [KEY])

    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
