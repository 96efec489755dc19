"""Payments for objects of the site, by their owners."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.api.conftest import Program, start
from tests.shop.models import Invoice
from wagtail_khalti.api.routes import starting
from wagtail_khalti.exceptions import PaymentError
from wagtail_khalti.models import KhaltiPayment


def test_an_owner_starts_and_sees_a_payment(program, invoice, sita):
    program.post("payments/", start(invoice))

    assert program.status == 201
    payment = program.payment
    assert (payment.payable, payment.user, payment.amount) == (invoice, sita, 150_000)
    assert program.json["next_url"] == payment.payment_url
    assert program.json["access"] is None
    assert program.response["Location"] == f"/api/khalti/payments/{payment.reference}/"
    seen = program.get(f"payments/{payment.reference}/").json
    assert (seen["status"], seen["amount"], seen["is_paid"]) == ("initiated", 150_000, False)
    assert "customer" not in str(seen)


def test_others_are_not_told_that_it_exists(program, stranger, invoice):
    reference = program.post("payments/", start(invoice)).json["reference"]

    for path in ("", "refunds/"):
        assert stranger.get(f"payments/{reference}/{path}").problem == (404, "not-found")
    for path in ("verify/", "cancel/", "retry/", "refunds/"):
        there = stranger.post(f"payments/{reference}/{path}").response.content
        assert stranger.problem == (404, "not-found")
        assert stranger.post(f"payments/{'2' * 16}/{path}").response.content == there
    assert stranger.post("payments/", start(invoice)).problem == (404, "not-found")


@pytest.mark.every_database
@pytest.mark.parametrize(
    "payable",
    [("shop.invoice", "999"), ("shop.invoice", "x"), ("shop.invoice", str(2**70)), ("shop.order", "1"), ("a", "b")],
)
def test_what_is_not_there_or_not_registered(program, payable):
    program.post("payments/", {"payable": dict(zip(("type", "id"), payable, strict=True))})

    assert program.problem == (404, "not-found")


@pytest.mark.every_database
def test_a_deleted_payable_leaves_its_payment_to_its_user(program, stranger, invoice):
    reference = program.post("payments/", start(invoice)).json["reference"]
    Invoice._base_manager.filter(pk=invoice.pk)._raw_delete("default")

    assert program.get(f"payments/{reference}/").status == 200
    assert program.post("payments/", start(invoice)).problem == (404, "not-found")
    assert stranger.get(f"payments/{reference}/").problem == (404, "not-found")
    assert [one["reference"] for one in program.get("payments/").json["items"]] == [reference]


def test_a_changed_amount_starts_anew(program, invoice):
    first = program.post("payments/", start(invoice), key="first").json
    Invoice.objects.update(amount=200_000)

    assert program.post("payments/", start(invoice), key="first").json["amount"] == 150_000
    second = program.post("payments/", {**start(invoice), "expected_amount": 150_000})
    assert second.problem == (409, "amount-changed")
    assert second.json["amount"] == 200_000
    assert program.post("payments/", start(invoice)).json["amount"] == 200_000
    assert KhaltiPayment.objects.exclude(reference=first["reference"]).get().amount == 200_000


def test_after_a_change_of_owner_only_the_new_one_sees_it(program, stranger, invoice, hari):
    reference = program.post("payments/", start(invoice), key="mine").json["reference"]
    Invoice.objects.update(owner=hari)

    assert program.get(f"payments/{reference}/").problem == (404, "not-found")
    assert program.post("payments/", start(invoice), key="mine").problem == (404, "not-found")
    assert program.get("payments/").json["items"] == []
    assert stranger.get(f"payments/{reference}/").status == 200


@pytest.mark.every_database
def test_an_open_payment_is_named_not_doubled(program, invoice):
    reference = program.post("payments/", start(invoice)).json["reference"]

    again = program.post("payments/", start(invoice))

    assert again.problem == (409, "payment-open")
    assert again.json["reference"] == reference
    assert KhaltiPayment.objects.count() == 1


def test_a_payment_that_is_being_sent_is_open(program, khalti, invoice):
    khalti.trouble("initiate", "server_error", times=9)
    reference = program.post("payments/", start(invoice)).json["reference"]
    KhaltiPayment.objects.update(initiating_at=timezone.now())
    khalti.no_more_trouble()

    again = program.post("payments/", start(invoice))

    assert (again.problem, again.json["reference"]) == ((409, "payment-open"), reference)
    KhaltiPayment.objects.update(initiating_at=timezone.now() - timedelta(minutes=5))
    assert program.post("payments/", start(invoice)).status == 201


def test_the_same_request_at_the_same_moment(program, invoice, sita, monkeypatch):
    """The first one is complete while the second one looks for open payments."""
    original, first = starting.require_none_open, []

    def come_first(*args, **options):
        if not first:
            first.append(None)
            first[0] = Program(sita).post("payments/", start(invoice), key="order-7").json["reference"]
        return original(*args, **options)

    monkeypatch.setattr(starting, "require_none_open", come_first)

    second = program.post("payments/", start(invoice), key="order-7")

    assert (second.status, second.json["reference"]) == (201, first[0])


def test_an_open_payment_of_another_mode_is_another_matter(program, invoice):
    program.post("payments/", start(invoice))
    KhaltiPayment.objects.update(mode="live")

    assert program.post("payments/", start(invoice)).status == 201


def test_a_payable_may_be_false(program, khalti, invoice, monkeypatch):
    """An order without items, of a class with a length."""
    monkeypatch.setattr(Invoice, "__len__", lambda self: 0, raising=False)
    payment = program.post("payments/", start(invoice)).payment
    khalti.cancel(payment)

    assert program.post(f"payments/{payment.reference}/cancel/").json["is_ended"]
    assert program.post(f"payments/{payment.reference}/retry/").payment.payable == invoice


def test_what_is_paid_is_not_paid_again(program, khalti, invoice):
    payment = program.post("payments/", start(invoice)).payment
    khalti.pay(payment)
    assert program.post(f"payments/{payment.reference}/verify/").json["is_paid"]

    again = program.post("payments/", start(invoice))

    assert again.problem == (409, "already-paid")
    assert again.json["reference"] == payment.reference
    assert program.post(f"payments/{payment.reference}/retry/").problem == (409, "already-paid")


def test_one_whom_it_belongs_to_may_be_nobody(anybody, stranger, db):
    nobodys = Invoice.objects.create()

    reference = anybody.post("payments/", start(nobodys)).json["reference"]

    access = anybody.json["access"]
    assert anybody.get(f"payments/{reference}/", **{"Khalti-Access": access}).status == 200
    assert anybody.get(f"payments/{reference}/").problem == (401, "authentication-required")


def test_the_page_after_the_payment_is_one_of_the_site(program, invoice):
    long = program.post("payments/", {**start(invoice), "return_url": "/".ljust(500, "a")})
    assert long.wrong == {"/return_url"}  # with the host it is too long for Khalti
    addresses = {"success_url": "/thanks/", "cancel_url": "http://testserver/cart/", "return_url": "/back/"}
    payment = program.post("payments/", {**start(invoice), **addresses}).payment
    assert payment.success_url == "/thanks/"
    assert payment.return_url == "http://testserver/back/"


@pytest.mark.parametrize("address", ["https://evil.example/", "https://testserver:443@evil.example/", "http://["])
@pytest.mark.parametrize("name", ["success_url", "cancel_url", "return_url"])
def test_no_page_elsewhere(program, invoice, name, address):
    assert program.post("payments/", {**start(invoice), name: address}).wrong == {f"/{name}"}


@pytest.mark.every_database
def test_own_payments_newest_first_in_pages(program, stranger, sita):
    for _ in range(3):
        program.post("payments/", start(Invoice.objects.create(owner=sita)))

    first = program.get("payments/?limit=2").json
    rest = program.get(f"payments/?limit=2&after={first['next']}").json

    references = [one["reference"] for one in (*first["items"], *rest["items"])]
    assert references == list(KhaltiPayment.objects.order_by("-pk").values_list("reference", flat=True))
    assert rest["next"] is None
    assert stranger.get("payments/").json == {"items": [], "next": None}
    assert stranger.get(f"payments/?after={first['next']}").wrong == {"/after"}
    assert Program().get("payments/").problem == (401, "authentication-required")


@pytest.mark.parametrize("limit", ["0", "101", "1_0", "3.0", "true", "-1", "9" * 30, "x"])
def test_a_page_is_bounded(program, limit):
    assert program.get(f"payments/?limit={limit}").wrong == {"/limit"}


def test_a_list_costs_the_same_however_long(program, sita, django_assert_max_num_queries):
    for _ in range(12):
        program.post("payments/", start(Invoice.objects.create(owner=sita)))

    program.get("payments/?limit=2")
    with django_assert_max_num_queries(6):  # session, user, payments, type, invoices
        assert len(program.get("payments/").json["items"]) == 12


class Closed(PaymentError):
    """One of the site's own."""


def test_what_the_site_does_not_sell_now(program, invoice, monkeypatch):
    monkeypatch.setattr(Invoice, "get_payment_details", raise_closed)

    assert program.post("payments/", start(invoice)).problem == (409, "not-payable")


def raise_closed(invoice):
    raise Closed
