"""A gift on each site, and to whom it goes."""

import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import Site

from wagtail_khalti.actions import refund_payment
from wagtail_khalti.models import KhaltiPayment

BUTTON = re.compile(r'href="([^"]*/checkout/[^"]*)"')
KEY = re.compile(r'name="key"[^>]* value="([^"]*)"')


class Donor:
    """A browser on one of the sites."""

    def __init__(self, host):
        self.client = Client(headers={"host": host})

    def open_checkout(self):
        self.address = unescape(BUTTON.search(self.client.get("/").text)[1]).split("?")[0]
        return self.client.get(self.address).text

    def give(self, rupees):
        """Returns the payment, at Khalti."""
        form = {"key": KEY.search(self.open_checkout())[1], "amount": str(rupees * 100)}
        page = self.client.post(self.address, form)
        return KhaltiPayment.objects.get(payment_url=page.url)


@pytest.fixture
def donor(khalti):
    return Donor("charity.example")


@pytest.fixture
def donor_in_nepal(khalti):
    return Donor("nepal.example")


@pytest.mark.parametrize(("who", "merchant"), [("donor", "default"), ("donor_in_nepal", "nepal")])
def test_a_gift_reaches_the_account_of_its_site(khalti, request, who, merchant):
    donor = request.getfixturevalue(who)
    payment = donor.give(500)
    khalti.pay(payment)

    khalti.return_to_site(donor.client, payment)

    payment.refresh_from_db()
    assert (payment.status, payment.amount, payment.merchant) == ("completed", 50_000, merchant)
    assert payment.site.hostname in payment.return_url


def test_each_site_speaks_its_language(donor, donor_in_nepal):
    assert "Rs\xa01,000" in donor.client.get("/").text
    assert "School roof" in donor.open_checkout()
    assert "विद्यालयको छानो" in donor_in_nepal.open_checkout()
    assert 'lang="ne' in donor_in_nepal.open_checkout()


def test_both_accounts_are_paid_on_the_same_day(khalti, donor, donor_in_nepal):
    gifts = [donor.give(500), donor_in_nepal.give(1000), donor_in_nepal.give(500)]
    for gift in gifts:
        khalti.pay(gift)
        khalti.return_to_site(donor.client, gift)

    paid = KhaltiPayment.objects.paid().order_by("pk")
    assert [(gift.merchant, gift.amount) for gift in paid] == [
        ("default", 50_000),
        ("nepal", 100_000),
        ("nepal", 50_000),
    ]


def test_a_gift_stays_with_its_account(khalti, donor_in_nepal, supporter):
    gift = donor_in_nepal.give(1000)
    khalti.pay(gift)
    Site.objects.get(hostname="nepal.example").khaltisettings.delete()

    khalti.return_to_site(donor_in_nepal.client, gift)
    gift.refresh_from_db()
    refund = refund_payment(gift, by=supporter)

    assert (gift.merchant, refund.state, refund.requested_by) == ("nepal", "succeeded", supporter)


def test_staff_see_the_gifts_of_both_sites(khalti, donor, donor_in_nepal, supporter):
    for gift in (donor.give(500), donor_in_nepal.give(1000)):
        khalti.pay(gift)
        khalti.return_to_site(donor.client, gift)
    client = Client(headers={"host": "charity.example"})
    client.force_login(supporter)

    page = client.get(reverse("khalti_payments:index")).text

    assert "School roof" in page
    assert "विद्यालयको छानो" in page
