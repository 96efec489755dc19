"""One key is one payment, for one caller."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.api.conftest import start
from tests.shop.models import Invoice
from wagtail_khalti.models import KhaltiPayment


@pytest.mark.every_database
def test_a_repeated_request_gets_the_same_payment(program, khalti, invoice):
    first = program.post("payments/", start(invoice), key="order-7").json

    assert program.post("payments/", start(invoice), key='"order-7"').json == first
    assert program.status == 201
    assert KhaltiPayment.objects.count() == khalti.calls("initiate") == 1


def test_the_same_also_after_it_was_paid(program, khalti, invoice):
    first = program.post("payments/", start(invoice), key="order-7").payment
    khalti.pay(first)
    program.post(f"payments/{first.reference}/verify/")

    assert program.post("payments/", start(invoice), key="order-7").json["is_paid"]


@pytest.mark.every_database
def test_the_same_key_for_another_request_is_a_conflict(program, invoice, sita):
    program.post("payments/", start(invoice), key="order-7")
    other = Invoice.objects.create(owner=sita)

    assert program.post("payments/", start(other), key="order-7").problem == (422, "idempotency-conflict")
    again = {**start(invoice), "expected_amount": 150_000}
    assert program.post("payments/", again, key="order-7").problem == (422, "idempotency-conflict")
    assert KhaltiPayment.objects.count() == 1


@pytest.mark.every_database
def test_two_users_with_the_same_key_never_meet(program, stranger, sita, hari):
    mine = program.post("payments/", start(Invoice.objects.create(owner=sita)), key="1").json
    theirs = stranger.post("payments/", start(Invoice.objects.create(owner=hari)), key="1").json

    assert mine["reference"] != theirs["reference"]


def test_a_retry_with_the_key_of_the_start_is_a_conflict(program, khalti, invoice):
    payment = program.post("payments/", start(invoice), key="order-7").payment
    khalti.cancel(payment)

    assert program.post(f"payments/{payment.reference}/retry/", key="order-7").problem == (422, "idempotency-conflict")


@pytest.mark.parametrize("key", ['"', '"a', "a b", 'a"b', '"नेपाली"', "a" * 256, '""', "a,b", '"a\\b"'])
def test_a_malformed_key(program, invoice, key):
    assert program.post("payments/", start(invoice), key=key).problem == (400, "idempotency-key-invalid")


def test_a_missing_key(program, invoice):
    assert program.post("payments/", start(invoice), key=None).problem == (400, "idempotency-key-missing")
    assert not KhaltiPayment.objects.exists()


def test_a_short_key_may_be_anybodys(anybody, db):
    body = start(Invoice.objects.create())

    assert anybody.post("payments/", body, key="1").problem == (400, "idempotency-key-invalid")
    assert anybody.post("payments/", body, key=str(uuid.uuid4())).status == 201


def test_an_unanswered_start_goes_on_with_the_same_key(program, khalti, invoice):
    khalti.trouble("initiate", "server_error", times=9)
    program.post("payments/", start(invoice), key="order-7")
    assert program.problem == (503, "khalti-unavailable")
    assert program.response["Retry-After"]
    reference = program.json["reference"]
    assert program.get(f"payments/{reference}/").json["status"] == "created"

    khalti.no_more_trouble()
    again = program.post("payments/", start(invoice), key="order-7")

    assert (again.json["reference"], again.json["status"]) == (reference, "initiated")


def test_while_the_first_is_being_sent_the_second_waits(program, khalti, invoice):
    khalti.trouble("initiate", "server_error", times=9)
    program.post("payments/", start(invoice), key="order-7")
    KhaltiPayment.objects.update(initiating_at=timezone.now())
    khalti.no_more_trouble()

    assert program.post("payments/", start(invoice), key="order-7").problem == (409, "request-in-progress")
    KhaltiPayment.objects.update(initiating_at=timezone.now() - timedelta(minutes=5))
    assert program.post("payments/", start(invoice), key="order-7").status == 201
