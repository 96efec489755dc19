"""Run as a process of its own, because a base page can't be swapped later: a visitor pays, and is thanked."""

# ruff: noqa: E402 - Django has to be set up first

import os
import re

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.custom_page.settings"

import django

django.setup()

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from wagtail.models import PageViewRestriction, Site
from wagtail.test.basepage.models import BasePage

from tests.custom_page.models import SalePage
from wagtail_khalti.actions import start_payment
from wagtail_khalti.models import KhaltiPayment, KhaltiSettings
from wagtail_khalti.testing.fake import fake_khalti

call_command("migrate", verbosity=0)
site = Site.objects.get()
home = site.root_page
thanks = home.add_child(instance=BasePage(title="Thanks", slug="thanks"))
checkout = {"item_name": "Membership", "amount": "1500.00", "thank_you_page": thanks}
sale = home.add_child(instance=SalePage(title="Sale", body=[("checkout", checkout)]))


def follow(address):
    """From Khalti to the receipt, and where its button leads."""
    receipt = client.get(address, follow=True).content.decode()
    return re.search(r'class="khalti-button" href="([^"]+)"', receipt)[1]


client = Client()
with fake_khalti() as khalti:
    offer = re.search(r'href="(/khalti/checkout/[^"]+)"', client.get(sale.url).content.decode())[1]
    page = client.get(offer).content.decode()
    key = re.search(r'name="key" value="([^"]+)"', page)[1]
    client.post(offer, {"key": key, "total_seen": "150000"})
    payment = KhaltiPayment.objects.get()
    khalti.pay(payment)
    thanked_at = follow(khalti.return_path(payment))

    cheers = home.add_child(instance=BasePage(title="Cheers", slug="cheers"))
    KhaltiSettings.objects.create(site=site, thank_you_page=cheers)
    other = start_payment(150_000, purpose="Gift", base_url="http://testserver", site=site)
    khalti.pay(other)
    cheered_at = follow(khalti.return_path(other))

    PageViewRestriction.objects.create(page=home, restriction_type=PageViewRestriction.LOGIN)
    closed = client.get(offer).url

payment.refresh_from_db()
print(type(payment.source).__name__, payment.status, thanked_at, cheered_at, closed)

client.force_login(get_user_model().objects.create_superuser("editor", "editor@example.com"))
listed = client.get(reverse("khalti_pages:payments", args=[sale.pk])).content.decode()
edited = client.get(reverse("wagtailadmin_pages:edit", args=[sale.pk])).content.decode()
print(listed.count("khalti-state"), f"/khalti/pages/{sale.pk}/payments/" in edited)
