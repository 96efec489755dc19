from django.contrib.auth import get_user_model
from django.test import TestCase
from django.utils import timezone

from booking.models import Booking, Service, Slot
from wagtail_khalti.testing.conformance import ReceiverConformance


class TestReceivers(ReceiverConformance, TestCase):
    exempt = {
        "test_money": "This site has no live account.",
    }

    def make_payable(self):
        customer, _ = get_user_model().objects.get_or_create(username="sita")
        service = Service.objects.create(name="Massage", price=1500)
        slot = Slot.objects.create(service=service, begins_at=timezone.now())
        return Booking.objects.create(slot=slot, customer=customer)
