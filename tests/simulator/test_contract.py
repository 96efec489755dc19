"""Every body, code and header that a merchant's server gets, word for word."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from wagtail_khalti.simulator import control

from .merchant import ORDER, Merchant

SHORTUUID = re.compile("[23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz]{22}")
NOT_PROVIDED = {"detail": "Authentication credentials were not provided.", "status_code": 401}
INVALID_TOKEN = {"detail": "Invalid token.", "status_code": 401}
BOTH = pytest.mark.parametrize("endpoint", ["initiate", "lookup"])


def refused(field: str, *messages: str) -> dict[str, object]:
    return {field: list(messages), "error_key": "validation_error"}


def test_initiate_answers_with_exactly_four_members(merchant):
    response = merchant.initiate()

    body = response.json()
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    assert list(body) == ["pidx", "payment_url", "expires_at", "expires_in"]
    assert SHORTUUID.fullmatch(body["pidx"])
    assert body["payment_url"] == f"http://testserver{reverse('khalti_simulator:page')}?pidx={body['pidx']}"
    assert body["expires_in"] == 1800


def test_expires_at_is_nepals_time_with_microseconds(merchant):
    expires_at = merchant.initiate().json()["expires_at"]

    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+05:45", expires_at)
    left = datetime.fromisoformat(expires_at) - datetime.now(UTC)
    assert timedelta(seconds=1790) < left <= timedelta(seconds=1800)


def test_the_payment_url_can_have_the_form_that_the_sdks_read(merchant, settings):
    settings.KHALTI_SIMULATOR = {"PAYMENT_URL_STYLE": "wallet"}

    body = merchant.initiate(return_url="https://docs.khalti.com/khalti-epayment").json()

    assert body["payment_url"] == (
        f"http://testserver{reverse('khalti_simulator:wallet')}?pidx={body['pidx']}"
        "&return_url=https%3A%2F%2Fdocs.khalti.com%2Fkhalti-epayment&mode=wallet"
    )
    assert Client().get(body["payment_url"]).status_code == 200


def test_the_payment_url_can_name_another_host_for_browsers(merchant, settings):
    settings.KHALTI_SIMULATOR = {"PUBLIC_ORIGIN": "http://localhost:8010"}

    assert merchant.initiate().json()["payment_url"].startswith("http://localhost:8010/")


@BOTH
def test_without_credentials(endpoint, db):
    response = Merchant(Client(), authorization=None).post(endpoint, ORDER)

    assert (response.status_code, response.json()) == (401, NOT_PROVIDED)


@BOTH
@pytest.mark.parametrize("authorization", ["live_secret_key_68791341fdd94846a146f0457ff7b455", "Token x", "Bearer x"])
def test_without_the_word_key(endpoint, authorization, db):
    response = Merchant(Client(), authorization).post(endpoint, ORDER)

    assert (response.status_code, response.json()) == (401, NOT_PROVIDED)


@BOTH
def test_the_key_that_is_never_valid(endpoint, db):
    response = Merchant(Client(), "Key invalid-key").post(endpoint, ORDER)

    assert (response.status_code, response.json()) == (401, INVALID_TOKEN)


@pytest.mark.parametrize("authorization", ["Key x", "key x", "KEY 05bf95cc57244045b8df5fad06748dab"])
def test_any_other_key_works_in_any_case_of_the_word(authorization, db):
    assert Merchant(Client(), authorization).initiate().status_code == 200


@pytest.mark.parametrize("field", ["return_url", "website_url", "purchase_order_id", "purchase_order_name"])
def test_a_blank_field(merchant, field):
    response = merchant.initiate(**{field: ""})

    assert (response.status_code, response.json()) == (400, refused(field, "This field may not be blank."))


@pytest.mark.parametrize("field", [*ORDER])
def test_a_missing_field(merchant, field):
    response = merchant.initiate(**{field: ...})

    assert (response.status_code, response.json()) == (400, refused(field, "This field is required."))


@pytest.mark.parametrize("field", ["return_url", "website_url"])
@pytest.mark.parametrize(
    "address", ["nonsense", "myapp://paid", "ftp://example.com/", "javascript:alert(1)", "http://"]
)
def test_an_address_that_is_not_http(merchant, field, address):
    response = merchant.initiate(**{field: address})

    assert (response.status_code, response.json()) == (400, refused(field, "Enter a valid URL."))


@pytest.mark.parametrize(
    "address",
    [
        "http://localhost:3000/",
        "http://127.0.0.1:8000/back",
        "http://testserver/back/",
        "http://shop:8000/?a=1",
    ],
)
def test_an_address_of_a_developers_machine_is_fine(merchant, address):
    assert merchant.initiate(return_url=address).status_code == 200


@pytest.mark.parametrize("amount", ["", "abc", "12.50", 12.5, True, [1000], {}])
def test_an_amount_that_is_not_a_whole_number(merchant, amount):
    response = merchant.initiate(amount=amount)

    assert (response.status_code, response.json()) == (400, refused("amount", "A valid integer is required."))


@pytest.mark.parametrize("amount", [999, 0, -1000, "999"])
def test_an_amount_below_the_minimum(merchant, amount):
    response = merchant.initiate(amount=amount)

    message = "Amount should be greater than Rs. 10, that is 1000 paisa."
    assert (response.status_code, response.json()) == (400, refused("amount", message))


@pytest.mark.parametrize("amount", [1000, "1000"])
def test_the_minimum_itself_is_accepted_also_as_text(merchant, amount):
    pidx = merchant.start(amount=amount)

    assert merchant.lookup(pidx).json()["total_amount"] == 1000


def test_a_breakdown_that_does_not_sum_up(merchant):
    response = merchant.initiate(amount_breakdown=[{"label": "Mark Price", "amount": 1000}])

    assert (response.status_code, response.json()) == (400, refused("amount", "Amount Breakdown mismatch."))


def test_a_breakdown_that_adds_up_may_have_negative_lines(merchant):
    lines = [{"label": "Price", "amount": "1400"}, {"label": "Discount", "amount": -100}]

    assert merchant.initiate(amount_breakdown=lines).status_code == 200


def test_customer_info_needs_a_name(merchant):
    response = merchant.initiate(customer_info={"phone": "9800000123"})

    body = {"customer_info": {"name": ["This field is required."]}, "error_key": "validation_error"}
    assert (response.status_code, response.json()) == (400, body)


def test_customer_info_may_not_hold_blanks(merchant):
    response = merchant.initiate(customer_info={"name": "", "email": "", "phone": ""})

    blank = ["This field may not be blank."]
    body = {"customer_info": {"name": blank, "email": blank, "phone": blank}, "error_key": "validation_error"}
    assert (response.status_code, response.json()) == (400, body)


def test_everything_optional_at_once_as_in_the_documentation(merchant):
    response = merchant.initiate(
        customer_info={"name": "Khalti Bahadur", "email": "example@gmail.com", "phone": "9800000123"},
        amount_breakdown=[{"label": "Mark Price", "amount": 1000}, {"label": "VAT", "amount": 300}],
        product_details=[
            {"identity": "1", "name": "Khalti logo", "total_price": 1300, "quantity": 1, "unit_price": 1300}
        ],
        merchant_username="merchant_name",
        merchant_extra="merchant_extra",
        modes=["KHALTI"],
        bank="x",
        ttl=1000,
    )

    assert response.status_code == 200


def test_the_same_purchase_order_id_gets_a_new_pidx_each_time(merchant):
    assert merchant.start() != merchant.start()


def test_lookup_of_a_new_payment(merchant, pidx):
    response = merchant.lookup(pidx)

    assert response.status_code == 200
    assert response.json() == {
        "pidx": pidx,
        "total_amount": 1300,
        "status": "Initiated",
        "transaction_id": None,
        "fee": 0,
        "refunded": False,
    }


@pytest.mark.parametrize(
    ("happen", "code", "status", "refunded"),
    [
        (control.begin, 200, "Pending", False),
        (control.cancel, 400, "User canceled", False),
        (control.expire, 400, "Expired", False),
    ],
)
def test_lookup_of_a_payment_without_money(merchant, pidx, happen, code, status, refunded):
    happen(pidx)

    response = merchant.lookup(pidx)
    body = {
        "pidx": pidx,
        "total_amount": 1300,
        "status": status,
        "transaction_id": None,
        "fee": 0,
        "refunded": refunded,
    }
    assert response.status_code == code
    assert response.json() == body | ({"error_key": "khalti_error"} if code == 400 else {})


def test_lookup_of_a_paid_and_then_refunded_payment(merchant, pidx, settings):
    settings.KHALTI_SIMULATOR = {"FEE": 39}
    transaction_id = control.pay(pidx).transaction_id
    paid = {
        "pidx": pidx,
        "total_amount": 1300,
        "status": "Completed",
        "transaction_id": transaction_id,
        "fee": 39,
        "refunded": False,
    }
    assert SHORTUUID.fullmatch(transaction_id)
    assert (merchant.lookup(pidx).status_code, merchant.lookup(pidx).json()) == (200, paid)

    control.refund(pidx, partial=True)
    some = paid | {"status": "Partially Refunded"}
    assert (merchant.lookup(pidx).status_code, merchant.lookup(pidx).json()) == (200, some)

    control.refund(pidx)
    everything = paid | {"status": "Refunded", "refunded": True}
    assert (merchant.lookup(pidx).status_code, merchant.lookup(pidx).json()) == (200, everything)


def test_a_payment_expires_by_the_clock(merchant, settings):
    settings.KHALTI_SIMULATOR = {"EXPIRES_IN": 0}

    pidx = merchant.start()

    assert (merchant.lookup(pidx).status_code, merchant.lookup(pidx).json()["status"]) == (400, "Expired")


@pytest.mark.parametrize("code", [404, 400])
def test_lookup_of_an_unknown_pidx(merchant, settings, code):
    settings.KHALTI_SIMULATOR = {"UNKNOWN_PIDX_STATUS": code}

    response = merchant.lookup("jz3xH8BuZQ5MSo7CoNJ9pY")

    body = {"detail": "Not found.", "error_key": "validation_error"}
    assert (response.status_code, response.json()) == (code, body)


def test_lookup_with_another_merchants_key_finds_nothing(pidx):
    response = Merchant(Client(), "Key somebody-else").lookup(pidx)

    assert (response.status_code, response.json()["detail"]) == (404, "Not found.")


@pytest.mark.parametrize(
    ("body", "message"), [({}, "This field is required."), ({"pidx": ""}, "This field may not be blank.")]
)
def test_lookup_without_a_pidx(merchant, body, message):
    response = merchant.post("lookup", body)

    assert (response.status_code, response.json()) == (400, refused("pidx", message))
