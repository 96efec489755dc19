"""``manage.py khalti_reconcile --dry-run``: what is due."""

import json
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.management.conftest import Ran
from wagtail_khalti.models import KhaltiDelivery, KhaltiEvent, KhaltiIssue, KhaltiMail, KhaltiPayment, KhaltiRun

pytestmark = [pytest.mark.every_database, pytest.mark.django_db]


def test_a_dry_run_says_what_is_due_and_changes_nothing(paid, khalti, settings):
    museum = {"MERCHANTS": {"museum": {"SECRET_KEY": "k", "API_URL": settings.WAGTAIL_KHALTI["API_URL"]}}}
    settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, **museum}
    paid(3)
    paid(1, merchant="museum")
    KhaltiPayment.objects.filter(pk=paid(1)[0].pk).update(merchant="gone")  # nobody can be asked about it
    before = list(KhaltiPayment.objects.values())

    ran = Ran("--dry-run")

    assert ran.said.replace("\N{NO-BREAK SPACE}", " ").splitlines() == [
        "3 payments of “default” are due, the first for 1 hour.",
        "1 payment of “museum” has been due for 1 hour.",
    ]
    assert list(KhaltiPayment.objects.values()) == before
    assert khalti.calls("lookup") == 0
    assert not KhaltiRun.objects.exists()


def test_a_dry_run_where_nothing_is_due(payment):
    assert Ran("--dry-run").said == "Nothing is due.\n"


def test_a_dry_run_where_an_email_is_due(payment):
    KhaltiMail.objects.queue([KhaltiMail.about(payment, KhaltiMail.Kind.REMINDER)])

    assert Ran("--dry-run").said.startswith("1 e-mail has been due for 0")


def test_a_dry_run_where_a_webhook_is_due(make_webhook):
    a_minute_ago = timezone.now() - timedelta(minutes=1)
    make_webhook(due_at=a_minute_ago)
    make_webhook(due_at=a_minute_ago, endpoint="removed")

    assert Ran("--dry-run").said.replace("\N{NO-BREAK SPACE}", " ") == "1 webhook has been due for 1 minute.\n"
    assert json.loads(Ran("--dry-run", "--json").said)["webhooks"]["count"] == 1


def test_a_dry_run_as_data(paid):
    [payment] = paid(1)
    KhaltiIssue.objects.create(payment=payment, kind="late_payment")
    KhaltiDelivery.objects.create(
        payment=payment, event_type="completed", next_try_at=timezone.now() - timedelta(minutes=1)
    )

    KhaltiMail.objects.queue([KhaltiMail.about(payment, KhaltiMail.Kind.RECEIPT)])

    said = json.loads(Ran("--dry-run", "--json").said)

    assert (said["mails"]["count"], said["webhooks"]["count"]) == (1, 0)
    assert said["payments"]["default"]["count"] == 1
    assert 3600 <= said["payments"]["default"]["longest_overdue"] < 3700
    assert said["deliveries"]["count"] == 1


def test_a_dry_run_of_one_payment(payment):
    def said():
        return Ran("--dry-run", "--payment", payment.reference).said.replace("\N{NO-BREAK SPACE}", " ")

    name = payment.readable_reference
    assert re.fullmatch(rf"{name}: Sent to Khalti. Due on [\d-]+ [\d:]+.\n", said())
    KhaltiPayment.objects.update(next_check_at=timezone.now() - timedelta(hours=2))
    assert said() == f"{name}: Sent to Khalti. Due for 2 hours.\n"
    KhaltiPayment.objects.update(next_check_at=None)
    assert said() == f"{name}: Sent to Khalti. No further automatic checks.\n"
    assert not KhaltiEvent.objects.filter(kind="looked_up").exists()
