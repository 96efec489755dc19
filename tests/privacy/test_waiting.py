"""Whatever has unfinished business is left as it is, and said to wait."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.privacy.conftest import started
from tests.webhooks.secrets import SECRET
from wagtail_khalti.models import (
    KhaltiDelivery,
    KhaltiIssue,
    KhaltiMail,
    KhaltiPayment,
    KhaltiRefund,
    KhaltiWebhookMessage,
)
from wagtail_khalti.privacy import Reason, anonymize
from wagtail_khalti.testing.factories import PaymentFactory

pytestmark = [pytest.mark.every_database, pytest.mark.django_db]
LONG_AGO = timezone.now() - timedelta(days=400)


@pytest.fixture
def done(khalti):
    """A payment of which nothing is left to be done."""
    payment = PaymentFactory(completed=True, at=LONG_AGO)
    KhaltiDelivery.objects.update(mails_due_at=None)
    return payment


def waits(payment):
    result = anonymize([payment.pk])
    payment.refresh_from_db()
    assert bool(payment.customer_name) != bool(result.count), "either nothing is erased, or it is counted"
    [reason] = result.waiting or [None]
    assert reason is None or result.references == {reason: [payment.reference]}
    return reason


def test_one_that_is_done_does_not(done):
    assert waits(done) is None


@pytest.mark.parametrize("status", ["initiated", "pending"])
def test_one_at_khalti(done, status):
    KhaltiPayment.objects.update(status=status)

    assert waits(done) is Reason.UNFINISHED


@pytest.mark.parametrize("status", ["canceled", "expired", "failed"])
def test_one_that_ended_may_still_be_paid_for_some_days(done, status):
    KhaltiPayment.objects.update(status=status, ended_at=timezone.now() - timedelta(days=6))
    assert waits(done) is Reason.UNFINISHED

    KhaltiPayment.objects.update(ended_at=timezone.now() - timedelta(days=8))
    assert waits(done) is None


def test_one_that_khalti_never_got_may_be_finished_for_some_days(done):
    KhaltiPayment.objects.update(status="created", pidx=None)
    started(done, days=6)
    assert waits(done) is Reason.UNFINISHED

    started(done, days=8)
    assert waits(done) is None


def test_one_that_is_being_checked(done):
    KhaltiPayment.objects.update(leased_until=timezone.now() + timedelta(minutes=1))

    assert waits(done) is Reason.UNFINISHED


def test_the_lease_of_a_killed_run_is_no_reason(done):
    KhaltiPayment.objects.update(leased_until=timezone.now() - timedelta(minutes=1))

    assert waits(done) is None


@pytest.mark.parametrize("state", ["requested", "processing", "unconfirmed"])
def test_a_refund_in_progress(done, state):
    KhaltiRefund.objects.create(payment=done, amount=1_000, state=state)

    assert waits(done) is Reason.REFUND


def test_a_refund_whose_amount_is_missing(done):
    KhaltiRefund.objects.create(payment=done, amount=None, state="external", method="dashboard")

    assert waits(done) is Reason.REFUND


def test_an_open_issue(done):
    issue = KhaltiIssue.objects.create(payment=done, kind="amount_mismatch")
    assert waits(done) is Reason.ISSUE

    KhaltiIssue.objects.filter(pk=issue.pk).update(is_open=None)
    assert waits(done) is None


def test_an_event_that_was_not_delivered(done):
    KhaltiDelivery.objects.create(payment=done, event_type="completed")

    assert waits(done) is Reason.DELIVERY


def test_mails_that_are_not_queued_yet(done):
    KhaltiDelivery.objects.update(mails_due_at=timezone.now())

    assert waits(done) is Reason.MAIL


def test_a_mail_that_is_to_be_sent(done):
    KhaltiMail.about(done, KhaltiMail.Kind.RECEIPT).save()

    assert waits(done) is Reason.MAIL


def test_a_sale_in_a_bundle_that_is_to_be_sent(done):
    bundle = KhaltiMail.objects.create(kind="sales", key="bundle", recipient="a@example.com", due_at=timezone.now())
    KhaltiMail.objects.create(kind="sale", key="sale", payment=done, bundle=bundle)

    assert waits(done) is Reason.MAIL


def test_the_others_of_a_batch_do_not_wait(done):
    other = PaymentFactory(initiated=True)

    result = anonymize([done.pk, other.pk])

    assert (result.count, result.waiting) == (1, {Reason.UNFINISHED: 1})


@pytest.fixture
def stock(settings):
    """An endpoint in the settings."""
    endpoint = {"URL": "https://stock.example/", "SECRET": SECRET}
    settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "WEBHOOKS": {"stock": endpoint}}


def test_webhooks_that_are_not_queued_yet(done, stock):
    KhaltiDelivery.objects.update(webhooks_due_at=timezone.now())

    assert waits(done) is Reason.WEBHOOK


def test_a_webhook_that_is_to_be_sent(done, stock):
    message = KhaltiWebhookMessage.objects.create(delivery=done.deliveries.first(), endpoint="stock", body="{}")
    assert waits(done) is Reason.WEBHOOK

    KhaltiWebhookMessage.objects.filter(pk=message.pk).update(state="delivered")
    assert waits(done) is None


def test_none_waits_for_an_endpoint_that_was_removed(done, stock):
    KhaltiWebhookMessage.objects.create(delivery=done.deliveries.first(), endpoint="crm", body="{}")

    assert waits(done) is None


def test_none_waits_for_webhooks_where_no_endpoint_is_left(done):
    KhaltiDelivery.objects.update(webhooks_due_at=timezone.now())

    assert waits(done) is None
