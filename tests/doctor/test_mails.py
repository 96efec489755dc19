"""The doctor says which e-mails are not sent, and why."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.doctor.conftest import by_name, only
from wagtail_khalti.doctor import Level
from wagtail_khalti.doctor.mails import unsent_mails
from wagtail_khalti.models import KhaltiDelivery, KhaltiMail

pytestmark = [pytest.mark.every_database, pytest.mark.django_db]


@pytest.fixture
def receipt(paid):
    return lambda **columns: KhaltiMail.objects.create(
        **{"kind": "receipt", "key": f"receipt:{KhaltiMail.objects.count()}", "payment": paid(), **columns}
    )


def ago(**time):
    return timezone.now() - timedelta(**time)


def test_a_site_whose_mails_are_sent(receipt):
    receipt(sent_at=ago(hours=1))
    receipt(due_at=ago(seconds=10))

    assert only(unsent_mails()).level == Level.OK


def test_mails_that_nobody_sends(receipt):
    receipt(due_at=ago(days=1))
    receipt()
    KhaltiDelivery.objects.filter(payment=receipt().payment).update(mails_due_at=ago(days=2))
    KhaltiDelivery.objects.exclude(mails_due_at__lt=ago(days=1)).update(mails_due_at=None)

    finding = only(unsent_mails())

    assert (finding.level, finding.name, finding.numbers) == (Level.WARNING, "mails_overdue", {"count": 2})
    assert "due for up to 2 days" in finding.sentence


def test_a_mail_server_that_refuses(receipt):
    receipt(due_at=timezone.now() + timedelta(hours=1), attempts=3, last_error="ConnectionRefusedError")

    finding = only(unsent_mails())

    assert (finding.level, finding.name) == (Level.WARNING, "mails_failing")
    assert "ConnectionRefusedError: 1" in finding.sentence


def test_mails_that_were_given_up(receipt):
    receipt(attempted_at=ago(days=1), last_error="SMTPRecipientsRefused")
    receipt(attempted_at=ago(days=8), last_error="SMTPRecipientsRefused")

    assert by_name(unsent_mails())["mails_given_up"].numbers == {"count": 1}
