"""Khalti's documented refund, and the refusals that nobody has recorded: no word of theirs may matter."""

import pytest

from wagtail_khalti.conf import configuration
from wagtail_khalti.exceptions import AnswerNotUnderstood, KeyRejected, MobileNeeded, RequestRejected
from wagtail_khalti.gateway import InitiateRequest, RefundRequest, connect
from wagtail_khalti.simulator import control

AMOUNT = 150_000
ORDER = InitiateRequest(
    return_url="https://example.com/payment/",
    website_url="https://example.com/",
    amount=AMOUNT,
    purchase_order_id="test12",
    purchase_order_name="Pet Adoption",
)
UNKNOWN = "GFq9PFS7b2iYvL8Lir9oXe"


@pytest.fixture
def client(khalti):
    return connect(configuration().merchant())


@pytest.fixture
def pidx(client):
    return client.initiate(ORDER).pidx


def asked(pidx, amount=None, mobile=""):
    """For a refund of what was paid."""
    [entry] = [entry for entry in control.payments() if entry.pidx == pidx]
    return RefundRequest(transaction_id=entry.transaction_id, amount=amount, mobile=mobile)


def returned():
    return next(control.payments()).returned


@pytest.mark.parametrize(
    ("bank", "amount", "mobile", "status"),
    [
        (False, None, "", "Refunded"),
        (False, 50_000, "", "Partially Refunded"),
        (True, None, "9800000001", "Refunded"),
        (True, 50_000, "9800000001", "Partially Refunded"),
    ],
)
def test_the_four_documented_requests(client, pidx, bank, amount, mobile, status):
    control.pay(pidx, bank=bank)

    client.refund(asked(pidx, amount, mobile))

    assert (client.lookup(pidx).status, returned()) == (status, amount or AMOUNT)


def test_the_documented_answer(khalti_says):
    khalti = khalti_says("refund", '{"detail": "Transaction refund successful."}')

    khalti.refund(RefundRequest(transaction_id=UNKNOWN, amount=None))


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("{}", 200),
        ('{"detail": "Accepted."}', 202),
        ('{"detail": "Transaction refund successful."}', 201),
        ('{"detail": "Refund request received."}', 200),
        ('{"pidx": "x", "transaction_id": "y", "refunded": true, "status": "Refunded"}', 200),
        ('{"detail": "Conflict."}', 409),
    ],
)
def test_any_other_answer_proves_nothing(khalti_says, body, status):
    khalti = khalti_says("refund", body, status)

    with pytest.raises(AnswerNotUnderstood):
        khalti.refund(RefundRequest(transaction_id=UNKNOWN, amount=None))


@pytest.mark.parametrize("detail", ["Invalid token.", "Authentication credentials were not provided."])
def test_the_key_that_khalti_does_not_know(khalti_says, detail):
    """Recorded: this address answers a wrong key as the others do."""
    khalti = khalti_says("refund", {"detail": detail, "status_code": 401}, 401)

    with pytest.raises(KeyRejected):
        khalti.refund(RefundRequest(transaction_id=UNKNOWN, amount=None))


def test_an_unknown_transaction_is_a_refusal(client, pidx):
    with pytest.raises(RequestRejected, match="Not found"):
        client.refund(RefundRequest(transaction_id=UNKNOWN, amount=None))


def test_more_than_is_left_is_a_refusal(client, pidx):
    control.pay(pidx)
    client.refund(asked(pidx, 100_000))

    with pytest.raises(RequestRejected) as raised:
        client.refund(asked(pidx, 50_001))

    assert list(raised.value.fields) == ["amount"]
    assert returned() == 100_000


def test_what_is_back_is_a_refusal(client, pidx):
    control.pay(pidx)
    client.refund(asked(pidx))

    with pytest.raises(RequestRejected, match="already refunded"):
        client.refund(asked(pidx))


@pytest.mark.parametrize("mobile", ["", "98"])
def test_a_bank_payment_without_a_mobile_asks_for_one(client, pidx, mobile):
    control.pay(pidx, bank=True)

    with pytest.raises(MobileNeeded):
        client.refund(asked(pidx, mobile=mobile))

    assert returned() == 0


def test_a_mobile_does_no_harm_to_a_wallet(client, pidx):
    control.pay(pidx)

    client.refund(asked(pidx, mobile="9800000001"))

    assert returned() == AMOUNT


def test_the_sandbox_that_refunds_nothing_is_a_refusal(client, pidx, settings):
    control.pay(pidx)
    settings.KHALTI_SIMULATOR = {"REFUNDS": False}

    with pytest.raises(RequestRejected, match="only in Live mode"):
        client.refund(asked(pidx))
