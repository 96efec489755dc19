import json
import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from booking.models import Service, Slot
from wagtail_khalti.models import KhaltiPayment

API = "/api/khalti/payments/"


class Program:
    """Calls what the front end calls."""

    def __init__(self, user):
        self.client = Client()
        self.client.force_login(user)

    def post(self, path, body=None, key=""):
        headers = {"Idempotency-Key": key or str(uuid.uuid4())}
        return self.client.post(path, json.dumps(body or {}), content_type="application/json", headers=headers)

    def book(self, slot):
        return self.post(f"/slots/{slot.pk}/").json()

    def start(self, payable, **options):
        return self.post(API, {"payable": payable, "return_url": "/"}, **options)

    def verify(self, payment):
        return self.post(f"{API}{payment.reference}/verify/", {"pidx": payment.pidx})


@pytest.fixture
def sita(db, django_user_model):
    return Program(django_user_model.objects.create_user("sita"))


@pytest.fixture
def hari(db, django_user_model):
    return Program(django_user_model.objects.create_user("hari"))


@pytest.fixture
def slot(db):
    massage = Service.objects.create(name="Massage", price=1500)
    return Slot.objects.create(service=massage, begins_at=timezone.now() + timedelta(days=1))


@pytest.fixture
def payment_of():
    return lambda answer: KhaltiPayment.objects.get(reference=answer.json()["reference"])
