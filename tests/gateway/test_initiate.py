"""What we ask Khalti when a payment begins, and what we make of its answer."""

from datetime import UTC, datetime

import pytest

from tests.gateway.server import says
from wagtail_khalti.exceptions import AnswerNotUnderstood, RequestRejected
from wagtail_khalti.gateway import BreakdownLine, Customer, InitiateRequest, Product

GOOD = {
    "pidx": "jz3xH8BuZQ5MSo7CoNJ9pY",
    "payment_url": "https://test-pay.khalti.com/?pidx=jz3xH8BuZQ5MSo7CoNJ9pY",
    "expires_at": "2025-05-11T00:38:55.143583+05:45",
    "expires_in": 1800,
}
REQUIRED = {
    "return_url": "https://shop.example/khalti/return/ABCD/",
    "website_url": "https://shop.example/",
    "amount": 150_000,
    "purchase_order_id": "ABCD",
    "purchase_order_name": "Membership",
}


def request(**changes):
    return InitiateRequest(**{**REQUIRED, **changes})


def test_the_smallest_request_has_only_the_five_required_fields(serve):
    server, khalti = serve(says(GOOD))

    khalti.initiate(request())

    (seen,) = server.requests
    assert (seen.method, seen.path) == ("POST", "/api/v2/epayment/initiate/")
    assert seen.json == REQUIRED


def test_the_largest_request_has_all_fields_by_khaltis_names(serve):
    server, khalti = serve(says(GOOD))

    khalti.initiate(
        request(
            customer=Customer(name="सीता", email="sita@example.com", phone="9800000001"),
            breakdown=[BreakdownLine(label="Price", amount=160_000), BreakdownLine(label="Discount", amount=-10_000)],
            products=[Product(identity="m1", name="Year", quantity=2, unit_price=75_000, total_price=150_000)],
            merchant_extra={"username": "shop", "extra": '{"plan": 3}'},
        )
    )

    assert server.requests[0].json == {
        **REQUIRED,
        "customer_info": {"name": "सीता", "email": "sita@example.com", "phone": "9800000001"},
        "amount_breakdown": [{"label": "Price", "amount": 160_000}, {"label": "Discount", "amount": -10_000}],
        "product_details": [
            {"identity": "m1", "name": "Year", "quantity": 2, "unit_price": 75_000, "total_price": 150_000}
        ],
        "merchant_username": "shop",
        "merchant_extra": '{"plan": 3}',
    }


@pytest.mark.parametrize(
    ("customer", "sent"),
    [
        (Customer(name="Sita"), {"name": "Sita"}),
        (Customer(name="Sita", phone="9800000001"), {"name": "Sita", "phone": "9800000001"}),
        (Customer(name="Sita", email="sita@example.com"), {"name": "Sita", "email": "sita@example.com"}),
    ],
)
def test_blank_members_of_the_customer_are_left_out(serve, customer, sent):
    server, khalti = serve(says(GOOD))

    khalti.initiate(request(customer=customer))

    assert server.requests[0].json["customer_info"] == sent


@pytest.mark.parametrize("customer", [Customer(), Customer(email="sita@example.com", phone="9800000001")])
def test_a_customer_without_a_name_is_not_sent_at_all(serve, customer):
    server, khalti = serve(says(GOOD))

    khalti.initiate(request(customer=customer))

    assert "customer_info" not in server.requests[0].json


def test_amounts_travel_as_whole_numbers(serve):
    server, khalti = serve(says(GOOD))

    khalti.initiate(request(amount=1_000))

    assert b'"amount": 1000,' in server.requests[0].body


def test_the_answer_is_the_id_the_link_and_its_end(serve):
    _server, khalti = serve(says(GOOD))

    answer = khalti.initiate(request())

    assert answer.pidx == "jz3xH8BuZQ5MSo7CoNJ9pY"
    assert answer.payment_url == "https://test-pay.khalti.com/?pidx=jz3xH8BuZQ5MSo7CoNJ9pY"
    assert answer.expires_at == datetime(2025, 5, 10, 18, 53, 55, 143583, tzinfo=UTC)


@pytest.mark.parametrize(
    "expires_at",
    [
        ...,
        None,
        "",
        "soon",
        1800,
        [],
        "2025-05-11",
        "2025-05-11T00:38:55",
        "0001-01-01T00:00:00+05:45",
        "9999-12-31T23:59:59-05:45",
    ],
)
def test_an_end_that_is_missing_or_senseless_is_no_end(serve, expires_at):
    body = {name: value for name, value in {**GOOD, "expires_at": expires_at}.items() if value is not ...}
    _server, khalti = serve(says(body))

    assert khalti.initiate(request()).expires_at is None


@pytest.mark.parametrize("pidx", [..., None, "", 7, True, [], {}, "x" * 65, "a\x00b", "a\ud800b"])
def test_an_answer_without_a_usable_pidx_is_not_understood(serve, pidx):
    body = {name: value for name, value in {**GOOD, "pidx": pidx}.items() if value is not ...}
    _server, khalti = serve(says(body))

    with pytest.raises(AnswerNotUnderstood, match="pidx"):
        khalti.initiate(request())


@pytest.mark.parametrize(
    "payment_url",
    [
        ...,
        None,
        "",
        7,
        "test-pay.khalti.com/?pidx=1",
        "//test-pay.khalti.com/",
        "javascript:alert(1)",
        "data:text/html,hello",
        "https://",
        "https://[::1",
        "https://pay.example/" + "x" * 2000,
        "https://pay.example/\x00",
        "https://pay.example/\ud800",
        "https://pay.example/\r\nSet-Cookie: a=b",
    ],
)
def test_an_answer_without_a_usable_link_is_not_understood(serve, payment_url):
    body = {name: value for name, value in {**GOOD, "payment_url": payment_url}.items() if value is not ...}
    _server, khalti = serve(says(body))

    with pytest.raises(AnswerNotUnderstood, match="payment_url"):
        khalti.initiate(request())


@pytest.mark.parametrize("status", [201, 206, 402, 404, 409, 418])
def test_only_200_begins_a_payment(serve, status):
    _server, khalti = serve(says(GOOD, status))

    with pytest.raises(AnswerNotUnderstood, match=str(status)):
        khalti.initiate(request())


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (
            {"return_url": ["This field may not be blank."], "error_key": "validation_error"},
            {"return_url": "This field may not be blank."},
        ),
        (
            {"amount": ["Too small.", "Really."], "website_url": ["Enter a valid URL."]},
            {"amount": "Too small. Really.", "website_url": "Enter a valid URL."},
        ),
        ({"detail": "Merchant is locked.", "status_code": 400}, {"detail": "Merchant is locked."}),
        (
            {"customer_info": {"name": ["This field is required."]}, "error_key": "validation_error"},
            {"customer.name": "This field is required."},
        ),
        (
            {"amount_breakdown": [{}, {"amount": ["A valid integer is required."], "label": "Blank."}]},
            {"breakdown.1.amount": "A valid integer is required.", "breakdown.1.label": "Blank."},
        ),
        ({"a": {"b": {"c": [{"d": "deep"}]}}}, {"a.b.c.0.d": "deep"}),
        ({"a": [["x", "y"], "z"]}, {"a.0": "x y", "a.1": "z"}),
        ({"a": None, "b": 7, "c": True, "d": []}, {"a": "None", "b": "7", "c": "True", "d": ""}),
        ({"a": {"error_key": "inner"}}, {"a.error_key": "inner"}),
        ({"error_key": "validation_error"}, {}),
        ({}, {}),
    ],
)
def test_a_refusal_says_by_field_what_khalti_did_not_like(serve, body, fields):
    _server, khalti = serve(says(body, 400))

    with pytest.raises(RequestRejected) as raised:
        khalti.initiate(request())

    assert raised.value.fields == fields


def test_a_refusal_reads_as_a_sentence(serve):
    body = {"customer_info": {"name": ["This field is required."]}, "amount": ["A valid integer is required."]}
    _server, khalti = serve(says(body, 400))

    with pytest.raises(RequestRejected) as raised:
        khalti.initiate(request())

    assert str(raised.value) == "customer.name: This field is required.; amount: A valid integer is required."


@pytest.mark.parametrize("depth", [900, 1_500, 5_000])
def test_a_refusal_nested_too_deeply_is_not_understood(serve, depth):
    _server, khalti = serve(says(text='{"a":' * depth + "1" + "}" * depth, status=400))

    with pytest.raises(AnswerNotUnderstood):
        khalti.initiate(request())


def test_a_long_refusal_is_cut(serve):
    _server, khalti = serve(says({"amount": ["x" * 10_000]}, 400))

    with pytest.raises(RequestRejected) as raised:
        khalti.initiate(request())

    assert raised.value.fields == {"amount": "x" * 300}


def test_a_refusal_with_unstorable_characters_is_cleaned(serve):
    _server, khalti = serve(says({"amount\x00": ["a\x00b\ud800c"]}, 400))

    with pytest.raises(RequestRejected) as raised:
        khalti.initiate(request())

    (name, words) = next(iter(raised.value.fields.items()))
    assert name == "amount"
    assert words == "ab?c"
