"""Payments of Sita, with all that is stored about her, and what remains of it."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.utils import timezone
from wagtail.models import ModelLogEntry, Site

from tests.payments import *  # noqa: F403 - its fixtures
from wagtail_khalti.actions import Answer, add_note, check_payment, refund_payment, resolve_issue
from wagtail_khalti.gateway import Customer
from wagtail_khalti.mails import send_mails
from wagtail_khalti.models import KhaltiIssue, KhaltiSettings
from wagtail_khalti.testing.factories import IssueFactory

MARK = "Zyxwvu"
SITA = Customer(name=f"Sita {MARK} Rai", email=f"{MARK}@example.com".lower(), phone="9801234567")
HERS = (MARK.casefold(), "9801234567", "98xxxxx567", "rs@example.com", "z…@example.com")
"""By which she can be recognised, in lower case."""


def everything_stored():
    """All columns of all rows of this package, and of Wagtail's log, as text in lower case."""
    for model in (*apps.get_app_config("wagtail_khalti").get_models(), ModelLogEntry):
        for row in model._base_manager.values():
            yield from (f"{model.__name__}.{name}: {value}".casefold() for name, value in row.items())


def about_her():
    return [text for text in everything_stored() if any(trait in text for trait in HERS)]


@pytest.fixture
def site(db):
    site = Site.objects.get(is_default_site=True)
    KhaltiSettings.objects.create(site=site, sends_receipts=True, sale_recipients="boss@example.com")
    KhaltiSettings.objects.update(sale_mail_frequency="each")
    return site


@pytest.fixture
def make_hers(khalti, make_payment, site, manager, client):
    """A payment with a receipt, a note, a refund, and an issue that was resolved: nothing is left to be done."""

    def make(**options):
        payment = make_payment(
            customer=SITA,
            site=site,
            user=get_user_model().objects.get_or_create(username="her own account")[0],
            back_url=f"http://testserver/?q={MARK}",
            request_digest=f"digest of {MARK}",
            metadata={"pupil": f"{MARK} junior", MARK: [1]},
            merchant_extra={"seat": MARK},
            answers=[Answer(name="class", label="Class", kind="text", value=f"7 {MARK}", on_receipt=True)],
            **options,
        )
        client.get(khalti.return_path(payment) + "&mobile=98XXXXX567")
        khalti.pay(payment)
        payment = check_payment(payment)
        send_mails()
        add_note(payment, f"{MARK} called", by=manager)
        refund_payment(payment, 50_000, reason=f"{MARK} is ill", by=manager)
        issue = IssueFactory(payment=payment, kind=KhaltiIssue.Kind.LATE_PAYMENT)
        issue = payment.issues.open().get()
        resolve_issue(issue, resolution=KhaltiIssue.Resolution.RESOLVED, by=manager, note=f"Told {MARK}")
        payment.refunds.update(answer=f"Sent to {MARK}", mobile="9801234567")
        payment.deliveries.update(last_error=MARK)
        send_mails()
        payment.deliveries.update(delivered_at=timezone.now(), next_try_at=None, mails_due_at=None)
        payment.mails.update(due_at=None)
        type(payment.mails.first()).objects.update(due_at=None)
        payment.refresh_from_db()
        return payment

    return make


@pytest.fixture
def hers(make_hers):
    return make_hers()


def started(payment, **ago):
    """As if it had been started so long ago."""
    type(payment).objects.filter(pk=payment.pk).update(created_at=timezone.now() - timedelta(**ago))
