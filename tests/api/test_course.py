"""After the start: verify, cancel, try again."""

import pytest

from tests.api.conftest import ROOT, start
from tests.public.test_donations import GIFT
from wagtail_khalti.actions import start_payment
from wagtail_khalti.mails.unpaid import _is_welcome
from wagtail_khalti.models import KhaltiPayment


@pytest.fixture
def payment(program, invoice):
    return program.post("payments/", start(invoice)).payment


def path(payment, action=""):
    return f"payments/{payment.reference}/{action}"


def test_verify_asks_khalti_and_believes_nobody_else(program, khalti, payment):
    assert program.post(path(payment, "verify/"), {"pidx": payment.pidx}).json["status"] == "initiated"
    khalti.pay(payment)

    KhaltiPayment.objects.update(checked_at=None)
    seen = program.post(path(payment, "verify/"), {"pidx": payment.pidx}).json

    assert (seen["status"], seen["is_paid"]) == ("completed", True)
    assert seen["transaction_id"]
    assert payment.events.filter(kind="returned").exists()


@pytest.mark.parametrize("body", [{"status": "Completed"}, {"amount": 1}, {"pidx": 1}, []])
def test_verify_takes_nothing_else(program, payment, body):
    assert program.post(path(payment, "verify/"), body).wrong


def test_verify_without_a_body(program, khalti, payment):
    khalti.pay(payment)

    program.response = program.client.generic("POST", ROOT + path(payment, "verify/"), headers=program.headers)

    assert program.json["is_paid"]


def test_the_pidx_of_another_payment(program, khalti, payment):
    khalti.pay(payment)

    assert program.post(path(payment, "verify/"), {"pidx": "another"}).wrong == {"/pidx"}


def test_a_khalti_that_does_not_answer(program, khalti, payment):
    khalti.trouble("lookup", "server_error", times=9)

    for action in ("verify/", "cancel/"):
        KhaltiPayment.objects.update(checked_at=None, leased_until=None)
        assert program.post(path(payment, action)).problem == (503, "khalti-unavailable")
        assert program.json["reference"] == payment.reference
        assert "charged" not in program.json["detail"]
        assert program.response["Retry-After"]
    assert program.get(path(payment)).json["status"] == "initiated"


def test_status_never_asks_khalti(program, khalti, payment):
    khalti.pay(payment)

    assert program.get(path(payment)).json["status"] == "initiated"
    assert khalti.calls("lookup") == 0


def test_cancel_never_says_more_than_khalti(program, khalti, payment):
    waiting = program.post(path(payment, "cancel/")).json

    assert (waiting["status"], waiting["is_ended"]) == ("initiated", False)
    assert waiting["expires_at"]
    assert payment.events.filter(kind="cancel_requested", actor="visitor").count() == 1
    program.post(path(payment, "cancel/"))
    assert payment.events.filter(kind="cancel_requested").count() == 1


def test_cancel_finds_out_that_it_was_paid(program, khalti, payment):
    khalti.pay(payment)

    assert program.post(path(payment, "cancel/")).json["is_paid"]
    assert not payment.events.filter(kind="cancel_requested").exists()


def test_cancel_finds_out_that_it_has_ended(program, khalti, payment):
    khalti.cancel(payment)

    assert program.post(path(payment, "cancel/")).json["status"] == "canceled"


def test_no_reminder_after_a_cancel(program, payment):
    assert _is_welcome(payment)
    program.post(path(payment, "cancel/"))
    assert not _is_welcome(payment)


def test_retry_after_an_end_is_a_new_payment(program, khalti, payment, invoice):
    assert program.post(path(payment, "retry/")).problem == (409, "payment-open")
    khalti.expire(payment)

    again = program.post(path(payment, "retry/"), key="again")

    assert again.status == 201
    assert again.payment != payment
    assert again.payment.payable == invoice
    assert again.response["Location"] == f"/api/khalti/{path(again.payment)}"
    assert program.post(path(payment, "retry/"), key="again").payment == again.payment


def test_retry_of_an_offer_keeps_what_was_entered(anybody, khalti, shop_page, token_of):
    token = token_of(shop_page(fields=["name", "phone"], max_quantity=4))
    customer = {"name": "Sita Rai", "phone": "9800000001"}
    payment = anybody.post("payments/", {"offer": token, "quantity": 3, "customer": customer}).payment
    access = {"Khalti-Access": anybody.json["access"]}
    khalti.cancel(payment)

    again = anybody.post(path(payment, "retry/"), **access).payment

    assert (again.amount, again.customer_name, again.customer_phone) == (450_000, "Sita Rai", "9800000001")
    assert anybody.get(path(again), **{"Khalti-Access": anybody.json["access"]}).status == 200


def test_retry_of_a_gift_keeps_its_amount(anybody, khalti, page_selling, token_of):
    token = token_of(page_selling("donation", **GIFT))
    for amount in (50_000, 212_345):
        payment = anybody.post("payments/", {"offer": token, "amount": amount}).payment
        access = {"Khalti-Access": anybody.json["access"]}
        khalti.cancel(payment)
        assert anybody.post(path(payment, "retry/"), **access).payment.amount == amount


def test_what_is_not_known_any_more_is_not_retried(program, khalti, sita, home):
    payment = start_payment(150_000, purpose="By hand", base_url="http://testserver", user=sita)
    khalti.cancel(payment)

    assert program.post(path(payment, "retry/")).problem == (409, "not-retryable")
