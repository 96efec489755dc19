"""The doctor says which webhooks are not sent, or not accepted."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.doctor.conftest import by_name, only
from wagtail_khalti.doctor import Level
from wagtail_khalti.doctor.webhooks import webhooks
from wagtail_khalti.models import KhaltiDelivery

pytestmark = [pytest.mark.every_database, pytest.mark.django_db]


def ago(**time):
    return timezone.now() - timedelta(**time)


def test_a_site_without_webhooks(paid):
    paid()

    assert list(webhooks()) == []


def test_a_site_that_has_no_endpoint_any_more(paid):
    """No run would send them, so there is nothing to remedy."""
    payment = paid()
    KhaltiDelivery.objects.filter(payment=payment).update(webhooks_due_at=ago(days=2))

    assert list(webhooks()) == []


def test_a_site_whose_webhooks_are_accepted(make_webhook):
    make_webhook(state="delivered", delivered_at=ago(days=1))
    make_webhook(due_at=ago(seconds=10))

    assert only(webhooks()).level == Level.OK


def test_webhooks_that_nobody_sends(make_webhook, paid):
    make_webhook(due_at=ago(days=1))
    payment = paid()
    KhaltiDelivery.objects.filter(payment=payment).update(webhooks_due_at=ago(days=2))

    finding = only(webhooks())

    assert (finding.level, finding.name, finding.numbers) == (Level.WARNING, "webhooks_overdue", {"count": 2})
    assert "due for up to 2 days" in finding.sentence


@pytest.mark.parametrize("result", [{"last_status": 500}, {"last_error": "ReadTimeout"}])
def test_an_endpoint_that_does_not_accept(make_webhook, result):
    make_webhook(due_at=timezone.now() + timedelta(hours=1), attempts=3, created_at=ago(hours=3), **result)

    finding = only(webhooks())

    assert (finding.level, finding.name) == (Level.WARNING, "webhooks_failing")
    assert "“crm” did not accept: 1, for up to 3 hours" in finding.sentence


def test_webhooks_that_were_given_up(make_webhook):
    make_webhook(state="failed", attempted_at=ago(days=1), last_status=500)
    make_webhook(state="failed", attempted_at=ago(days=8), last_status=500)

    assert by_name(webhooks())["webhooks_given_up"].numbers == {"count": 1}


def test_an_endpoint_that_is_gone(make_webhook):
    make_webhook(state="gone", last_status=410)
    make_webhook(state="gone")

    finding = only(webhooks())

    assert (finding.level, finding.name, finding.numbers) == (Level.ERROR, "webhook_endpoint_gone", {"count": 2})


def test_an_endpoint_that_left_the_settings(make_webhook, settings):
    make_webhook(due_at=ago(days=1), created_at=ago(days=1))
    settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "WEBHOOKS": {}}

    finding = only(webhooks())

    assert (finding.level, finding.name) == (Level.WARNING, "webhook_endpoint_missing")
    assert "“crm” can't be sent: 1, waiting for up to 1 day" in finding.sentence


def test_nothing_secret_is_said(make_webhook):
    for number, state in enumerate(("pending", "failed", "gone")):
        make_webhook(state=state, last_status=500 + number, due_at=ago(days=1), attempted_at=ago(hours=1))

    said = str(list(webhooks()))

    assert "hidden" not in said
    assert "whsec_" not in said
