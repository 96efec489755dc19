"""Several processes send at once, and processes are killed: each mail goes out once."""

import os
from collections import Counter
from contextlib import ExitStack
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from wagtail.models import Locale, Page, Site

from tests.mails.sender import START
from tests.workers.processes import Process
from wagtail_khalti.mails import queueing
from wagtail_khalti.models import KhaltiDelivery, KhaltiEvent, KhaltiMail, KhaltiSettings

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.every_database, pytest.mark.heavy]

PAYMENTS, PROCESSES = 6, 4


@pytest.fixture
def site(transactional_db):
    """Between these tests the database is emptied."""
    Locale.objects.get_or_create(language_code="en")
    root = Page.objects.filter(depth=1).first() or Page.add_root(instance=Page(title="Root"))
    site = Site.objects.create(hostname="library.example", root_page=root, is_default_site=True)
    KhaltiSettings.objects.create(
        site=site, sends_receipts=True, sale_recipients="office@example.com", sale_mail_frequency="each"
    )
    return site


@pytest.fixture
def sold(make_paid):
    """Completed a moment ago, by processes that were killed then."""
    return [make_paid() for _payment in range(PAYMENTS)]


@pytest.fixture
def senders(tmp_path):
    """Makes a process that is ready to send; ``sent`` has what all of them sent."""

    class Senders:
        file = tmp_path / "sent"

        def __init__(self, running):
            self._running = running

        def begin(self, **more):
            env = {
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "tests.workers.settings",
                "WORKERS_DATABASE": str(connection.settings_dict["NAME"]),
                "WORKERS_KHALTI": "http://127.0.0.1:9",
                **{f"SENDER_{name.upper()}": value for name, value in more.items()},
            }
            process = self._running.enter_context(Process(["tests.mails.sender", str(self.file)], env))
            assert process.line() == "ready"
            return process

        @property
        def sent(self):
            """How often each mail was sent."""
            return Counter(self.file.read_text().split() if self.file.exists() else [])

    with ExitStack() as running:
        yield Senders(running)


def send_at_once(senders, count=PROCESSES, **more):
    running = [senders.begin(**more) for _process in range(count)]
    for process in running:
        process.signal(START)
    if "waits_in" in more:
        assert [process.line() for process in running] == ["here"] * count
        for process in running:
            process.signal(START)
    for process in running:
        assert process.ends() == 0, process.errors


def let_time_pass():
    """So that what was begun may be tried again."""
    a_moment_ago = timezone.now() - timedelta(seconds=1)
    KhaltiMail.objects.queued().update(due_at=a_moment_ago)
    KhaltiMail.objects.update(attempted_at=a_moment_ago - timedelta(minutes=10))


def queue_all():
    queueing.queue_after_deliveries(lambda: False)


def test_four_that_queue_and_send_at_once(sold, senders):
    send_at_once(senders)
    let_time_pass()
    send_at_once(senders, 1)  # the sales that came after the first mail about them

    receipts = [mail for mail in senders.sent if ".receipt@" in mail]
    assert len(receipts) == PAYMENTS
    assert set(senders.sent.values()) == {1}
    assert KhaltiEvent.objects.filter(kind="receipt_sent").count() == PAYMENTS
    assert KhaltiEvent.objects.filter(kind="sale_mail_sent").count() == PAYMENTS, "each sale in one mail"
    assert not KhaltiDelivery.objects.exclude(mails_due_at=None).exists()


def test_four_that_have_read_the_same_mails(sold, senders):
    queue_all()

    send_at_once(senders, waits_in="mails.sending._lease")

    assert set(senders.sent.values()) == {1}
    assert len(senders.sent) == PAYMENTS + 1


def test_without_the_lease_each_of_the_four_would_send(sold, senders):
    """The control: the test above can fail."""
    queue_all()

    send_at_once(senders, waits_in="mailing.send", is_careless="1")

    assert PROCESSES in senders.sent.values()


@pytest.mark.parametrize(
    "step",
    ["mails.queueing._to_payer", "mails.sending._lease", "mails.letters.write_receipt", "mailing.send"],
    ids=["while queueing", "when queued", "when leased", "before the mail server has it"],
)
def test_a_process_that_is_killed_loses_nothing(make_paid, senders, step):
    KhaltiSettings.objects.update(sale_mail_frequency="never")  # so that the receipt is what it was about
    make_paid()
    victim = senders.begin(dies_in=step)
    victim.signal(START)
    assert victim.ends() == -9

    let_time_pass()
    send_at_once(senders, 1)
    let_time_pass()
    send_at_once(senders, 1)

    assert list(senders.sent.values()) == [1]
    assert KhaltiEvent.objects.get(kind="receipt_sent").data == {"to": "s…@example.com"}


def test_were_it_marked_before_it_is_sent_it_would_be_lost(make_paid, senders):
    """The control: the test above can fail."""
    KhaltiSettings.objects.update(sale_mail_frequency="never")
    make_paid()
    victim = senders.begin(dies_in="mailing.send")
    victim.signal(START)
    assert victim.ends() == -9
    KhaltiMail.objects.filter(attempts=1).update(due_at=None)

    let_time_pass()
    send_at_once(senders, 1)

    assert not senders.sent
