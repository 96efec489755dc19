"""Several processes send at once, and processes are killed: no message is lost, and none is sent twice without need."""

import os
from collections import Counter
from contextlib import ExitStack

import pytest
from django.db import connection
from wagtail.models import Locale, Page, Site

from tests.mails.sender import START
from tests.webhooks.conftest import let_time_pass, states
from tests.workers.processes import Process
from wagtail_khalti.models import KhaltiDelivery, KhaltiWebhookMessage
from wagtail_khalti.webhooks import queueing

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.every_database, pytest.mark.heavy]

PAYMENTS, PROCESSES = 6, 4


@pytest.fixture
def site(transactional_db):
    """Between these tests the database is emptied."""
    Locale.objects.get_or_create(language_code="en")
    root = Page.objects.filter(depth=1).first() or Page.add_root(instance=Page(title="Root"))
    site = Site.objects.filter(is_default_site=True).first()
    return site or Site.objects.create(hostname="library.example", root_page=root, is_default_site=True)


@pytest.fixture
def server(crm):
    return crm()


@pytest.fixture
def sold(site, server, make_paid):
    """Completed a moment ago, by processes that were killed then."""
    return [make_paid() for _payment in range(PAYMENTS)]


@pytest.fixture
def begin(server):
    """Makes a process that is ready to send."""
    with ExitStack() as running:

        def begin(**more):
            env = {
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "tests.workers.settings",
                "WORKERS_DATABASE": str(connection.settings_dict["NAME"]),
                "WORKERS_KHALTI": "http://127.0.0.1:9",
                **{f"SENDER_{name.upper()}": value for name, value in more.items()},
            }
            process = running.enter_context(Process(["tests.webhooks.sender", f"{server.url}/khalti"], env))
            assert process.line() == "ready"
            return process

        yield begin


def send_at_once(begin, count=PROCESSES, **more):
    running = [begin(**more) for _process in range(count)]
    for process in running:
        process.signal(START)
    if "waits_in" in more:
        assert [process.line() for process in running] == ["here"] * count
        for process in running:
            process.signal(START)
    for process in running:
        assert process.ends() == 0, process.errors


def received(server):
    """How often each message came."""
    return Counter(request.headers["Webhook-Id"] for request in server.requests)


def queue_all():
    queueing.queue_after_deliveries(lambda: False)


def test_four_that_write_and_send_at_once(sold, begin, server):
    send_at_once(begin)
    let_time_pass()
    send_at_once(begin, 1)

    assert list(received(server).values()) == [1] * PAYMENTS
    assert states() == ["delivered"] * PAYMENTS
    assert not KhaltiDelivery.objects.exclude(webhooks_due_at=None).exists()


def test_four_that_have_read_the_same_messages(sold, begin, server):
    queue_all()

    send_at_once(begin, waits_in="webhooks.sending.lease")

    assert list(received(server).values()) == [1] * PAYMENTS


def test_without_the_lease_each_of_the_four_would_send(sold, begin, server):
    """The control: the test above can fail."""
    queue_all()

    send_at_once(begin, waits_in="webhooks.sending._Run", is_careless="1")

    assert max(received(server).values()) > 1


STEPS = {
    "while writing": ("webhooks.queueing._messages", [1]),
    "when written": ("webhooks.sending.lease", [1]),
    "when leased": ("webhooks.sending.post", [1]),
    "when accepted": ("webhooks.sending.record", [2]),
}
"""The function in which it is killed, and how often the message arrives."""


@pytest.mark.parametrize("step", STEPS)
def test_a_process_that_is_killed_loses_nothing(site, server, make_paid, begin, step):
    function, times = STEPS[step]
    make_paid()
    victim = begin(dies_in=function)
    victim.signal(START)
    assert victim.ends() == -9

    let_time_pass()
    send_at_once(begin, 1)

    assert list(received(server).values()) == times, "with the same ID"
    assert states() == ["delivered"]


def test_were_it_marked_before_it_is_sent_it_would_be_lost(site, server, make_paid, begin):
    """The control: the test above can fail."""
    make_paid()
    victim = begin(dies_in="webhooks.sending.post")
    victim.signal(START)
    assert victim.ends() == -9
    KhaltiWebhookMessage.objects.filter(attempts=1).update(state="delivered", due_at=None)

    let_time_pass()
    send_at_once(begin, 1)

    assert not server.requests
