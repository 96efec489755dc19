"""A mail that a request has queued goes out once the response is sent, and the visitor never waits for it."""

import socket
import threading

import pytest
from django.core.mail.backends.locmem import EmailBackend
from django.urls import reverse
from wagtail.models import Locale, Page, Site

from tests.mail_settings import SMTP, mail_through
from wagtail_khalti import embedded, mailing
from wagtail_khalti.actions import start_payment
from wagtail_khalti.gateway import Customer
from wagtail_khalti.models import KhaltiMail, KhaltiPayment, KhaltiSettings
from wagtail_khalti.models.mails import take_announcement

pytestmark = [pytest.mark.every_database, pytest.mark.django_db(transaction=True)]

SITA = Customer(name="Sita Rai", email="sita@example.com")


class SlowBackend(EmailBackend):
    """Takes as long as the test wants."""

    has_begun, may_end = threading.Event(), threading.Event()

    def send_messages(self, messages):
        self.has_begun.set()
        assert self.may_end.wait(30)
        return super().send_messages(messages)


@pytest.fixture
def thread(settings, monkeypatch):
    """As if the process had just started."""
    settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "RECONCILE_EVERY": 3600}
    take_announcement()
    thread = embedded._Thread()
    monkeypatch.setattr(embedded, "_mail_thread", thread)
    monkeypatch.setattr(embedded._background_run, "_not_before", float("inf"))  # no reconcile besides
    yield thread
    thread.wait()


@pytest.fixture
def site(transactional_db):
    Locale.objects.get_or_create(language_code="en")
    root = Page.objects.filter(depth=1).first() or Page.add_root(instance=Page(title="Root"))
    site = Site.objects.filter(is_default_site=True).first()
    site = site or Site.objects.create(hostname="localhost", root_page=root, is_default_site=True)
    KhaltiSettings.objects.create(site=site, sends_receipts=True)
    return site


@pytest.fixture
def come_back(khalti, site, client):
    """A visitor pays and returns; gives the answer."""

    def come_back():
        payment = start_payment(150_000, purpose="Order", site=site, base_url="http://testserver", customer=SITA)
        khalti.pay(payment)
        return client.get(khalti.return_path(payment))

    return come_back


@pytest.fixture
def slow(settings):
    SlowBackend.has_begun.clear()
    SlowBackend.may_end.clear()
    mail_through(settings, f"{__name__}.SlowBackend")
    yield SlowBackend
    SlowBackend.may_end.set()


def paid():
    return KhaltiPayment.objects.filter(status="completed").count()


def test_it_goes_out_at_once(thread, come_back, mailoutbox):
    assert come_back().status_code == 302
    thread.wait()

    assert [sent.to for sent in mailoutbox] == [["sita@example.com"]]


def test_the_visitor_does_not_wait_for_it(thread, come_back, mailoutbox, slow):
    assert come_back().status_code == 302

    assert (paid(), mailoutbox) == (1, []), "the answer is here, and the mail server has said nothing yet"
    assert slow.has_begun.wait(30)
    slow.may_end.set()
    thread.wait()
    assert len(mailoutbox) == 1


def test_nor_for_a_mail_server_that_hangs(thread, come_back, settings, monkeypatch):
    monkeypatch.setattr(mailing, "TIMEOUT", 30)
    with socket.create_server(("127.0.0.1", 0)) as server:
        host, port = server.getsockname()
        mail_through(settings, SMTP, host=host, port=port)

        assert come_back().status_code == 302

        connection, _address = server.accept()
        assert thread._thread.is_alive(), "it waits for the server's greeting"
        connection.close()
    thread.wait()

    assert paid() == 1
    assert KhaltiMail.objects.get().last_error == "SMTPServerDisconnected"


def test_one_that_comes_while_it_works_is_sent_too(thread, come_back, mailoutbox, slow):
    come_back()
    assert slow.has_begun.wait(30)
    first = thread._thread
    come_back()
    assert thread._thread is first

    slow.may_end.set()
    thread.wait()

    assert len(mailoutbox) == 2


def test_a_page_that_queues_nothing_costs_no_thread(thread, client, site):
    assert client.get(reverse("wagtail_khalti:payment", args=["UNKNOWN"])).status_code == 404

    assert thread._thread is None


def test_the_payments_own_page_sends_it_as_well(thread, khalti, site, client, mailoutbox):
    """As a waiting page that refreshes itself."""
    payment = start_payment(150_000, purpose="Order", site=site, base_url="http://testserver", customer=SITA)
    khalti.pay(payment)

    client.get(payment.get_absolute_url())
    thread.wait()

    assert len(mailoutbox) == 1


def test_where_there_are_workers_it_is_left_to_them(thread, come_back, monkeypatch, settings):
    settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "RECONCILE_EVERY": 0}
    enqueued = []
    monkeypatch.setattr(embedded, "_has_workers", lambda: True)
    monkeypatch.setattr(type(embedded.tasks.send_mails), "enqueue", lambda task: enqueued.append(task.name))

    come_back()
    thread.wait()

    assert enqueued == ["send_mails"]


def test_where_page_views_do_no_work_it_waits_for_cron(thread, come_back, settings, mailoutbox):
    settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "RECONCILE_EVERY": 0}

    come_back()

    assert (thread._thread, mailoutbox) == (None, [])


def test_what_goes_wrong_is_in_the_log_and_nowhere_else(thread, come_back, monkeypatch, caplog):
    def breaks(**options):
        raise ZeroDivisionError

    monkeypatch.setattr(embedded, "send_mails", breaks)

    assert come_back().status_code == 302
    thread.wait()

    assert "The work after a response failed" in caplog.text
