"""The background tasks, run by whoever holds the queue."""

import json

import pytest
from rq import Queue

from tests.gateway.server import Server, says
from tests.webhooks.secrets import SECRET
from wagtail_khalti import tasks
from wagtail_khalti.actions import check_payment, start_payment
from wagtail_khalti.gateway import Customer
from wagtail_khalti.models import KhaltiMail, KhaltiPayment
from wagtail_khalti.option_values import CONNECT_TIMEOUT, READ_TIMEOUT

pytestmark = [pytest.mark.every_database, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def three_paid(khalti):
    """Payments that their visitors have made, and never came back from."""
    for _visitor in range(3):
        payment = start_payment(150_000, purpose="Order", base_url="http://testserver")
        khalti.pay(payment)
        KhaltiPayment.objects.filter(pk=payment.pk).update(next_check_at=payment.created_at)


def settled():
    return KhaltiPayment.objects.filter(status="completed").count()


def test_the_task_does_what_is_due(three_paid):
    result = tasks.reconcile.enqueue()

    assert settled() == 3
    assert result.status == "SUCCESSFUL"
    assert (result.return_value["answered"], result.return_value["moved"]) == (3, 3)
    assert json.loads(json.dumps(result.return_value)) == result.return_value


def test_the_task_keeps_to_its_limit(three_paid):
    result = tasks.reconcile.enqueue(limit=2, concurrency=1, seconds=30)

    assert settled() == 2
    assert result.return_value["is_cut_short"] is True


def test_a_task_sends_mails(khalti, mailoutbox):
    customer = Customer(email="sita@example.com")
    payment = start_payment(150_000, purpose="Order", base_url="http://testserver", customer=customer)
    khalti.pay(payment)
    check_payment(payment)
    KhaltiMail.objects.queue([KhaltiMail.about(payment, KhaltiMail.Kind.RECEIPT)])

    result = tasks.send_mails.enqueue()

    assert (result.status, result.return_value) == ("SUCCESSFUL", 1)
    assert [sent.to for sent in mailoutbox] == [["sita@example.com"]]


def test_a_task_sends_webhooks(khalti, settings):
    with Server([says()]) as server:
        crm = {"URL": server.url, "SECRET": SECRET}
        settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "WEBHOOKS": {"crm": crm}}
        payment = start_payment(150_000, purpose="Order", base_url="http://testserver")
        khalti.pay(payment)
        check_payment(payment)

        result = tasks.send_webhooks.enqueue()

    assert (result.status, result.return_value) == ("SUCCESSFUL", 1)
    assert len(server.requests) == 1


def test_it_ends_before_rq_would_end_it():
    assert tasks.SECONDS + max(READ_TIMEOUT, CONNECT_TIMEOUT) < Queue.DEFAULT_TIMEOUT
