"""What the tests of mails and receipts share: a site that sends mails, and a payer who gets some."""

import pytest
from wagtail.models import Site

from wagtail_khalti.actions import check_payment
from wagtail_khalti.gateway import Customer
from wagtail_khalti.models import KhaltiSettings

__all__ = ["choose", "make_paid", "site"]  # the fixtures, for a conftest.py to take

SITA = Customer(name="Sita Rai", email="sita@example.com", phone="9800000001")


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
