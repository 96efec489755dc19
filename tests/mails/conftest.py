"""A site that sends mails, and what becomes of them."""

from datetime import timedelta

import pytest
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone
from wagtail.models import Site

from tests.mail_settings import LOCMEM, mail_through
from tests.payments import *  # noqa: F403 - its fixtures
from wagtail_khalti.actions import check_payment
from wagtail_khalti.gateway import Customer
from wagtail_khalti.models import KhaltiSettings

SITA = Customer(name="Sita Rai", email="sita@example.com", phone="9800000001")


class DownBackend(BaseEmailBackend):
    """A mail server that can't be reached."""

    def send_messages(self, messages):
        raise ConnectionRefusedError("sita@example.com")


@pytest.fixture
def site(db):
    site = Site.objects.get(is_default_site=True)
    site.site_name = "Village library"
    site.save()
    return site


@pytest.fixture
def choose(site):
    """What the people of the site want of mails."""
    return lambda **options: KhaltiSettings.objects.update_or_create(site=site, defaults=options)


@pytest.fixture
def make_paid(khalti, make_payment, site):
    def make(**options):
        payment = make_payment(**{"customer": SITA, "site": site, **options})
        khalti.pay(payment)
        return check_payment(payment)

    return make


@pytest.fixture
def down(settings):
    """Until it is called."""
    mail_through(settings, f"{__name__}.DownBackend")
    return lambda: mail_through(settings, LOCMEM)


def subjects(mailoutbox):
    return [plain(sent.subject).removeprefix("TEST (no money moved): ") for sent in mailoutbox]


def plain(words):
    return words.replace("\xa0", " ")


def later(time_machine, **ago):
    time_machine.move_to(timezone.now() + timedelta(**ago))
