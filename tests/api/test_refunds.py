"""Refunds by programs, for users with the permission."""

import pytest

from tests.api.conftest import Program, make_user, start
from wagtail_khalti.models import KhaltiRefund


@pytest.fixture
def paid(program, khalti, invoice):
    payment = program.post("payments/", start(invoice)).payment
    khalti.pay(payment)
    program.post(f"payments/{payment.reference}/verify/")
    payment.refresh_from_db()
    return payment


@pytest.fixture
def refund(paid, manager):
    """Sends a refund of it."""
    sender = Program(manager)
    return lambda body=None, **options: sender.post(f"payments/{paid.reference}/refunds/", body, **options)


def test_a_part_and_the_rest(refund, paid):
    part = refund({"amount": 50_000, "refundable": 150_000, "reason": "One seat"}).json
    assert (part["state"], part["amount"]) == ("succeeded", 50_000)

    assert refund({}).json["amount"] == 100_000
    assert [one.reason for one in paid.refunds.order_by("pk")] == ["One seat", ""]
    assert refund({}).problem == (409, "not-refundable")


@pytest.mark.every_database
def test_a_repeated_refund_is_one(refund, khalti):
    first = refund({"amount": 50_000}, key="r").json

    assert refund({"amount": 50_000}, key="r").json == first
    assert khalti.calls("refund") == 1


@pytest.mark.every_database
@pytest.mark.parametrize("other", [{"amount": 60_000}, {}, {"amount": 50_000, "reason": "x"}])
def test_the_same_key_for_another_refund(refund, other):
    refund({"amount": 50_000}, key="r")

    assert refund(other, key="r").problem == (422, "idempotency-conflict")
    assert KhaltiRefund.objects.count() == 1


def test_a_key_is_needed(refund):
    assert refund({}, key=None).problem == (400, "idempotency-key-missing")


def test_a_balance_that_has_changed(refund):
    assert refund({"refundable": 100}).problem == (409, "refundable-changed")
    assert refund({"amount": 150_001}).problem == (409, "not-refundable")
    assert refund({"amount": 150_001}).json["refundable"] == 150_000


def test_a_bank_payment_needs_a_mobile_number(program, khalti, invoice, manager):
    payment = program.post("payments/", start(invoice)).payment
    khalti.pay(payment, bank=True)
    program.post(f"payments/{payment.reference}/verify/")
    where, manager = f"payments/{payment.reference}/refunds/", Program(manager)

    assert manager.post(where).problem == (422, "rejected-by-khalti")
    assert manager.json["errors"][0]["pointer"] == "/mobile"
    assert "Nothing was refunded" in manager.json["detail"]
    assert manager.post(where, {"mobile": "9800000001"}).json["state"] == "succeeded"
    assert manager.post(where, {"mobile": "98"}).wrong == {"/mobile"}


@pytest.mark.parametrize("amount", ["1", 1.0, True, 0, -1, 2**63])
def test_amounts_that_are_none(refund, amount):
    assert refund({"amount": amount}).wrong == {"/amount"}


def test_only_with_the_permission(program, khalti, paid):
    where = f"payments/{paid.reference}/refunds/"
    viewer = Program(make_user("viewer", "view_khaltipayment"))

    assert program.post(where).problem == (403, "not-permitted")
    assert viewer.post(where).problem == (403, "not-permitted")
    assert viewer.get(where).problem == (403, "not-permitted")
    assert Program(make_user("nobody")).post(where).problem == (404, "not-found")
    assert Program().post(where).problem == (401, "authentication-required")
    assert not KhaltiRefund.objects.exists()


def test_an_unpaid_payment(program, invoice, manager):
    reference = program.post("payments/", start(invoice)).json["reference"]

    assert Program(manager).post(f"payments/{reference}/refunds/").problem == (409, "not-refundable")


def test_a_lost_answer_is_unconfirmed(refund, khalti, paid, manager):
    khalti.trouble("refund", "server_error")

    assert refund({"amount": 50_000}).json["state"] in ("unconfirmed", "succeeded")
    assert Program(manager).get(f"payments/{paid.reference}/refunds/").json["items"][0]["amount"] == 50_000
