"""Whatever an endpoint does: a message is sent until it is accepted, and one endpoint delays no other."""

import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from django.db import transaction
from django.utils import timezone

from tests.gateway.server import BRIEF, hangs_up, resets, says, says_nothing, sends
from tests.webhooks.conftest import let_time_pass, only, states
from wagtail_khalti.conf import configuration
from wagtail_khalti.models import KhaltiEvent, KhaltiWebhookMessage
from wagtail_khalti.webhooks import attempts, bounded_response, send_webhooks, sending
from wagtail_khalti.webhooks.transport import Answer

pytestmark = pytest.mark.django_db

BUSY = says(status=500)


def drips_headers(talk):
    """A good beginning, and a header without an end."""
    talk.send(b"HTTP/1.1 200 OK\r\nX-Header: ")
    while not talk.is_over.wait(BRIEF):
        talk.send(b"a")
    return False


def drips_body(talk):
    """Accepted, and then a body without an end."""
    talk.send(b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n")
    while not talk.is_over.wait(BRIEF):
        talk.send(b"a")
    return False


def floods(talk):
    """Accepted, and then more than anybody wants to read."""
    talk.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while not talk.is_over.is_set():
        talk.send(b"1000\r\n" + b"a" * 4096 + b"\r\n")
    return False


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(bounded_response, "MAX_SECONDS", 0.3)
    monkeypatch.setattr("wagtail_khalti.webhooks.transport.MAX_SECONDS", 0.3)


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_an_endpoint_that_accepts(crm, make_paid, status):
    crm(says({"thanks": 1} if status != 204 else None, status, text=None if status != 204 else ""))
    make_paid()

    assert send_webhooks() == 1
    assert send_webhooks() == 0

    message = only()
    assert (message.state, message.last_status, message.attempts, message.due_at) == ("delivered", status, 1, None)
    assert message.delivered_at


@pytest.mark.parametrize(
    ("turn", "status", "error"),
    [
        (says(status=500), 500, ""),
        (says(status=400), 400, ""),
        (says(status=404), 404, ""),
        (hangs_up, None, "ConnectionError"),
        (resets, None, "ConnectionError"),
        (says_nothing, None, "ReadTimeout"),
        (drips_headers, None, "ReadTimeout"),
        (sends(b"what?\r\n\r\n", keep=False), None, "ConnectionError"),
        (sends(b"", keep=False), None, "ConnectionError"),
    ],
    ids=["500", "400", "404", "hangs up", "resets", "silent", "drips", "no HTTP", "empty"],
)
def test_an_endpoint_that_does_not(crm, make_paid, impatient, turn, status, error, caplog):
    crm(turn)
    make_paid()

    assert send_webhooks() == 0

    message = only()
    assert (message.state, message.last_status, message.last_error) == ("pending", status, error)
    assert message.is_failing
    assert timedelta(0) < message.due_at - timezone.now() <= attempts.PAUSES[0]
    assert "hidden" not in caplog.text, "the URL has a token"


@pytest.mark.parametrize("turn", [drips_body, floods])
def test_once_accepted_the_rest_of_the_response_does_not_matter(crm, make_paid, impatient, turn):
    crm(turn)
    make_paid()

    assert send_webhooks() == 1


def test_nobody_is_there(configure, make_paid):
    configure(crm="http://127.0.0.1:9/khalti?token=hidden")
    make_paid()

    assert send_webhooks() == 0
    assert only().last_error == "ConnectionError"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_an_inner_address_is_not_followed(serve, crm, make_paid, status):
    inner = serve()
    crm(says({}, status, Location=f"{inner.url}/admin/delete"))
    make_paid()

    assert send_webhooks() == 0

    assert (only().state, only().last_status) == ("pending", status)
    assert inner.connections == 0


def test_no_password_and_no_cookie_goes_along(crm, make_paid, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login sita password hidden\n")
    monkeypatch.setenv("NETRC", str(netrc))
    server = crm(says({}, Set_Cookie="session=1; Path=/"))
    make_paid()
    make_paid()

    assert send_webhooks() == 2

    assert server.connections == 1, "the connection is used again"
    assert not {"Authorization", "Cookie"} & set(server.requests[1].headers)


class TestPauses:
    def test_it_is_tried_for_three_days_and_then_given_up(self, crm, make_paid, time_machine):
        server = crm(BUSY)
        payment = make_paid()
        pauses = []

        while not pauses or only().due_at:
            send_webhooks()
            message = only()
            pauses.append(message.due_at and round((message.due_at - message.attempted_at).total_seconds()))
            time_machine.move_to(message.due_at or message.attempted_at)

        assert pauses == [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400, None]
        assert (message.state, len(server.requests)) == ("failed", attempts.MAX_ATTEMPTS)
        event = payment.events.get(kind="webhook_failed")
        assert event.data == {"endpoint": "crm", "event_type": "completed", "error": "HTTP 500"}

    def test_not_before_the_pause_is_over(self, crm, make_paid, time_machine):
        server = crm(BUSY, says())
        make_paid()
        send_webhooks()
        assert send_webhooks() == 0

        time_machine.move_to(timezone.now() + timedelta(seconds=6))
        assert send_webhooks() == 1
        assert len(server.requests) == 2
        assert not KhaltiEvent.objects.filter(kind="webhook_failed").exists()

    @pytest.mark.parametrize("status", [429, 503])
    @pytest.mark.parametrize("how", ["seconds", "date"])
    def test_a_busy_endpoint_says_for_how_long(self, crm, make_paid, time_machine, status, how):
        time_machine.move_to(datetime(2026, 5, 4, tzinfo=UTC), tick=False)
        until = timezone.now() + timedelta(seconds=900)
        crm(says(status=status, Retry_After="900" if how == "seconds" else format_datetime(until)))
        make_paid()
        make_paid()

        send_webhooks()

        assert set(KhaltiWebhookMessage.objects.values_list("due_at", flat=True)) == {until}, "of the others, too"

    @pytest.mark.parametrize(
        ("status", "said", "seconds"),
        [(429, "1", 5), (429, "99999", 86_400), (429, "soon", 5), (429, "-7", 5), (500, "900", 5), (429, None, 5)],
    )
    def test_but_within_limits(self, crm, make_paid, status, said, seconds):
        crm(says(status=status, **({"Retry_After": said} if said else {})))
        make_paid()

        send_webhooks()

        assert round((only().due_at - only().attempted_at).total_seconds()) == seconds


class TestAnEndpointThatIsGone:
    @pytest.fixture
    def gone(self, crm, make_paid):
        """Two messages, of which the first was answered with 410."""
        server = crm(says(status=410), says())
        server.payments = [make_paid(), make_paid()]
        assert send_webhooks() == 0
        return server

    def test_gets_nothing_more(self, gone, make_paid, caplog):
        let_time_pass()
        make_paid()
        assert send_webhooks() == 0

        assert len(gone.requests) == 1
        assert states() == ["gone"] * 3
        assert not KhaltiWebhookMessage.objects.exclude(due_at=None).exists()
        assert [payment.events.filter(kind="webhook_failed").count() for payment in gone.payments] == [1, 0]

    def test_gets_everything_at_another_url(self, gone, crm, make_paid):
        make_paid()
        send_webhooks()
        elsewhere = crm()

        assert send_webhooks() == 3

        assert len(elsewhere.requests) == 3
        assert states() == ["delivered"] * 3

    def test_others_are_told_as_before(self, gone, serve, configure, make_paid):
        books = serve()
        configure(crm=f"{gone.url}/khalti?token=hidden", books=books.url)
        make_paid()

        assert send_webhooks() == 1
        assert states(endpoint="books") == ["delivered"]


class TestOneEndpoint:
    def test_after_a_failure_rests_until_the_next_run(self, crm, make_paid):
        server = crm(BUSY, says())
        make_paid(), make_paid(), make_paid()

        assert send_webhooks() == 0
        assert len(server.requests) == 1
        assert send_webhooks() == 2, "the first one waits longer"

    def test_delays_no_other(self, serve, configure, make_paid):
        """It answers when all of the others' messages have been sent."""
        others_are_done = threading.Event()

        def waits(talk):
            assert others_are_done.wait(30)
            talk.send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            return True

        def is_last(talk):
            others_are_done.set()
            return says()(talk)

        slow, quick = serve(waits, says()), serve(says(), says(), is_last)
        configure(slow=slow.url, quick=quick.url)
        make_paid(), make_paid(), make_paid()

        assert send_webhooks() == 6

    def test_gets_no_more_than_a_share_of_a_run(self, crm, make_paid, monkeypatch):
        monkeypatch.setattr(sending, "MAX_FOR_ENDPOINT", 2)
        crm()
        make_paid(), make_paid(), make_paid()

        assert [send_webhooks(), send_webhooks()] == [2, 1]

    def test_gets_a_few_even_if_time_is_up(self, crm, make_paid):
        crm()
        make_paid(), make_paid(), make_paid()

        assert send_webhooks(is_over=lambda: True) == sending.MIN_FOR_ENDPOINT

    def test_and_no_more_than_a_few_once_the_run_is_long(self, crm, make_paid, monkeypatch):
        monkeypatch.setattr(sending, "MAX_SECONDS", 0.0)
        crm()
        make_paid(), make_paid(), make_paid()

        assert send_webhooks() == sending.MIN_FOR_ENDPOINT

    def test_that_left_the_settings_gets_nothing(self, crm, serve, configure, make_paid):
        crm(BUSY)
        make_paid()
        send_webhooks()
        let_time_pass()
        configure(books=serve().url)

        assert send_webhooks() == 0
        assert states() == ["pending"]


def test_a_mistake_of_ours_stops_no_other(serve, configure, make_paid, monkeypatch, caplog):
    good, bad = serve(), serve()
    configure(bad=bad.url, good=good.url)
    make_paid()
    post = sending.post

    def breaks(session, endpoint, message):
        return post(session, endpoint, message) if endpoint.name == "good" else 1 // 0

    monkeypatch.setattr(sending, "post", breaks)

    assert send_webhooks() == 1
    assert KhaltiWebhookMessage.objects.get(endpoint="bad").last_error == "ZeroDivisionError"
    assert "could not be sent" in caplog.text


class TestAnAttemptThatTookTooLong:
    """Its lease has ended, and another process has begun the next attempt."""

    @pytest.fixture
    def late(self, crm, make_paid):
        crm(BUSY)
        make_paid()
        send_webhooks()
        late = only()
        let_time_pass()
        send_webhooks()
        return late

    def test_overwrites_nothing_if_it_failed(self, late):
        before = only().due_at

        attempts.record(late, configuration().webhooks["crm"], Answer(status=404))

        assert (only().due_at, only().last_status) == (before, 500)

    def test_still_counts_if_it_was_accepted(self, late):
        attempts.record(late, configuration().webhooks["crm"], Answer(status=200))

        assert only().state == "delivered"


@pytest.mark.django_db(transaction=True)
def test_not_inside_a_transaction(crm):
    crm()
    with transaction.atomic(), pytest.raises(RuntimeError, match="send_webhooks"):
        send_webhooks()
