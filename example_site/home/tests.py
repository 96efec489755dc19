"""The receivers do their work once, whatever happens: ``python manage.py test example_site``."""

from __future__ import annotations

from django.db import models
from django.test import TestCase
from wagtail.models import Site

from example_site.home.models import MembershipPage
from wagtail_khalti.actions import Customer, Source, start_payment
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.money import Paisa
from wagtail_khalti.testing.conformance import ReceiverConformance


class TestReceivers(ReceiverConformance, TestCase):
    """The site's receivers know a membership by the page on which it was paid for."""

    def start(self, payable: models.Model | None) -> KhaltiPayment:
        page = MembershipPage(title="Membership", slug="membership-for-tests")
        Site.objects.get(is_default_site=True).root_page.add_child(instance=page)
        return start_payment(
            Paisa(100_000),
            purpose="Membership",
            customer=Customer(name="Sita Rai", email="sita@example.com"),
            source=Source(owner=page),
            base_url="http://testserver",
        )
