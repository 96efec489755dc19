"""What follows from a visitor's return goes out once the response is sent, and the visitor never waits for it."""

import threading

import pytest

from tests.gateway.server import says
from wagtail_khalti import embedded
from wagtail_khalti.actions import start_payment
from wagtail_khalti.models import KhaltiPayment, KhaltiWebhookMessage
from wagtail_khalti.models.webhooks import take_announcement

pytestmark = [pytest.mark.every_database, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def thread(settings, monkeypatch):
    """As if the process had just started."""
    settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "RECONCILE_EVERY": 3600}
    take_announcement()
    thread, mails = embedded._Thread(), embedded._Thread()
    monkeypatch.setattr(embedded, "_webhook_thread", thread)
    monkeypatch.setattr(embedded, "_mail_thread", mails)
    monkeypatch.setattr(embedded._background_run, "_not_before", float("inf"))  # no reconcile besides
    yield thread
    thread.wait()
    mails.wait()


@pytest.fixture
def come_back(khalti, client):
    """A visitor pays and returns; gives the answer."""

    def come_back():
        payment = start_payment(150_000, purpose="Order", merchant="default", base_url="http://testserver")
        khalti.pay(payment)
        return client.get(khalti.return_path(payment))

    return come_back


def test_it_goes_out_at_once(thread, crm, come_back):
    server = crm()

    assert come_back().status_code == 302
    thread.wait()

    assert len(server.requests) == 1


def test_the_visitor_does_not_wait_for_a_slow_endpoint(thread, crm, come_back):
    has_begun, may_end = threading.Event(), threading.Event()

    def waits(talk):
        has_begun.set()
        assert may_end.wait(30)
        return says()(talk)

    crm(waits)

    assert come_back().status_code == 302
    assert KhaltiPayment.objects.filter(status="completed").count() == 1
    assert has_begun.wait(30)
    assert not KhaltiWebhookMessage.objects.filter(state="delivered").exists()
    may_end.set()
    thread.wait()

    assert KhaltiWebhookMessage.objects.get().state == "delivered"


def test_without_webhooks_it_costs_no_thread(thread, come_back):
    come_back()

    assert thread._thread is None


def test_where_there_are_workers_it_is_left_to_them(thread, crm, come_back, monkeypatch):
    server = crm()
    enqueued = []
    monkeypatch.setattr(embedded, "_has_workers", lambda: True)
    monkeypatch.setattr(type(embedded.tasks.send_webhooks), "enqueue", lambda task: enqueued.append(task.name))

    come_back()
    thread.wait()

    assert "send_webhooks" in enqueued
    assert not server.requests


def test_where_page_views_do_no_work_it_waits_for_cron(thread, crm, come_back, settings):
    server = crm()
    settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "RECONCILE_EVERY": 0}

    come_back()

    assert (thread._thread, server.requests) == (None, [])
