"""Khalti's documented and recorded answers to initiate, word for word."""

from datetime import datetime, timedelta, timezone

import pytest

from wagtail_khalti.exceptions import KeyRejected, RequestRejected
from wagtail_khalti.gateway import InitiateRequest

NEPAL = timezone(timedelta(hours=5, minutes=45))

REQUEST = InitiateRequest(
    return_url="https://example.com/payment/",
    website_url="https://example.com/",
    amount=1300,
    purchase_order_id="test12",
    purchase_order_name="test",
)


def test_the_answer_of_2025(khalti_says):
    """Recorded in May 2025."""
    khalti = khalti_says(
        "initiate",
        """{"pidx":"jz3xH8BuZQ5MSo7CoNJ9pY","payment_url":"https://test-pay.khalti.com/?pidx=jz3xH8BuZQ5MSo7CoNJ9pY",
 "expires_at":"2025-05-11T00:38:55.143583+05:45","expires_in":1800}""",
    )

    answer = khalti.initiate(REQUEST)

    assert answer.pidx == "jz3xH8BuZQ5MSo7CoNJ9pY"
    assert answer.payment_url == "https://test-pay.khalti.com/?pidx=jz3xH8BuZQ5MSo7CoNJ9pY"
    assert answer.expires_at == datetime(2025, 5, 11, 0, 38, 55, 143583, tzinfo=NEPAL)


def test_the_documentation_of_2022_knew_no_end(khalti_says):
    khalti = khalti_says(
        "initiate",
        '{"pidx": "S8QJg2VALASTGwYQRRPFkV", "payment_url": "https://test-pay.khalti.com/?pidx=S8QJg2VALASTGwYQRRPFkV/"}',
    )

    answer = khalti.initiate(REQUEST)

    assert answer.payment_url == "https://test-pay.khalti.com/?pidx=S8QJg2VALASTGwYQRRPFkV/"
    assert answer.expires_at is None


def test_the_link_of_the_sdks_of_2026(khalti_says):
    link = (
        "https://test-pay.khalti.com/wallet/?pidx=W3tuUmTL5sQ3wJ4pBcGSUS"
        "&return_url=https%3A%2F%2Fdocs.khalti.com%2Fkhalti-epayment&mode=wallet"
    )
    khalti = khalti_says("initiate", {"pidx": "W3tuUmTL5sQ3wJ4pBcGSUS", "payment_url": link, "expires_in": 1800})

    assert khalti.initiate(REQUEST).payment_url == link


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (
            '{"return_url": ["This field may not be blank."], "error_key": "validation_error"}',
            {"return_url": "This field may not be blank."},
        ),
        (
            '{"return_url": ["Enter a valid URL."], "error_key": "validation_error"}',
            {"return_url": "Enter a valid URL."},
        ),
        (
            '{"website_url": ["This field may not be blank."], "error_key": "validation_error"}',
            {"website_url": "This field may not be blank."},
        ),
        (
            '{"amount":["Amount should be greater than Rs. 10, that is 1000 paisa."],"error_key":"validation_error"}',
            {"amount": "Amount should be greater than Rs. 10, that is 1000 paisa."},
        ),
        (
            '{"amount": ["A valid integer is required."], "error_key": "validation_error"}',
            {"amount": "A valid integer is required."},
        ),
        ('{"amount": ["Amount Breakdown mismatch."]}', {"amount": "Amount Breakdown mismatch."}),
        (
            '{"purchase_order_id": ["This field may not be blank."], "error_key": "validation_error"}',
            {"purchase_order_id": "This field may not be blank."},
        ),
        (
            '{"purchase_order_name": ["This field may not be blank."], "error_key": "validation_error"}',
            {"purpose": "This field may not be blank."},
        ),
        (
            '{"customer_info": {"name": ["This field is required."]}, "error_key": "validation_error"}',
            {"customer.name": "This field is required."},
        ),
        (
            '{"amount":["Amount should be greater than Rs. 1, that is 100 paisa."],"error_key":"validation_error"}',
            {"amount": "Amount should be greater than Rs. 1, that is 100 paisa."},
        ),
        (
            '{"amount":["Amount should be greater than Rs. 100, that is 10000 paisa."],"error_key":"validation_error"}',
            {"amount": "Amount should be greater than Rs. 100, that is 10000 paisa."},
        ),
        (
            '{"detail": "No.", "meta": {"code": 1}, "error_data": {"amount": ["Too much."]}, "non_field_error": ["?"]}',
            {"detail": "No.", "meta.code": "1", "error_data.amount": "Too much.", "non_field_error": "?"},
        ),
    ],
)
def test_what_khalti_does_not_accept(khalti_says, body, fields):
    khalti = khalti_says("initiate", body, 400)

    with pytest.raises(RequestRejected) as raised:
        khalti.initiate(REQUEST)

    assert raised.value.fields == fields


@pytest.mark.parametrize(
    "body",
    [
        '{"detail": "Invalid token.", "status_code": 401}',
        '{"detail": "Authentication credentials were not provided.", "status_code": 401}',
    ],
)
@pytest.mark.parametrize("endpoint", ["initiate", "lookup"])
def test_a_key_that_khalti_does_not_know(khalti_says, endpoint, body):
    khalti = khalti_says(endpoint, body, 401)

    with pytest.raises(KeyRejected):
        khalti.initiate(REQUEST) if endpoint == "initiate" else khalti.lookup("HT6o6PEZRWFJ5ygavzHWd5")
