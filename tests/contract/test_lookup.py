"""Khalti's documented and recorded answers to lookup, word for word, and what becomes of a payment."""

import json

import pytest

from tests.payments import no_pauses  # noqa: F401 - a fixture
from wagtail_khalti.actions import check_payment
from wagtail_khalti.exceptions import PidxNotFound
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.simulator import control

pytestmark = pytest.mark.django_db

TRANSACTION = "GFq9PFS7b2iYvL8Lir9oXe"
DOCUMENTED = [
    # status, HTTP status, transaction_id, refunded, what becomes of a payment
    ("Completed", 200, TRANSACTION, False, "completed"),
    ("Pending", 200, None, False, "pending"),
    ("Initiated", 200, None, False, "initiated"),
    ("Refunded", 200, TRANSACTION, True, "refunded"),
    ("Partially Refunded", 200, TRANSACTION, False, "partially_refunded"),
    ("Partially refunded", 200, TRANSACTION, True, "partially_refunded"),
    ("Expired", 400, None, False, "expired"),
    ("User canceled", 400, None, False, "canceled"),
    ("Canceled", 400, None, False, "canceled"),
    ("Failed", 400, None, False, "failed"),
    ("Failed", 200, None, False, "failed"),
]


@pytest.fixture
def payment(db):
    return KhaltiPayment.objects.create(
        amount=10_000, pidx="HT6o6PEZRWFJ5ygavzHWd5", status="initiated", merchant="default", mode="simulator"
    )


@pytest.mark.parametrize(("word", "code", "transaction_id", "refunded", "status"), DOCUMENTED)
def test_every_documented_status(khalti, payment, word, code, transaction_id, refunded, status):
    body = {
        "pidx": "HT6o6PEZRWFJ5ygavzHWd5",
        "total_amount": 10_000,
        "status": word,
        "transaction_id": transaction_id,
        "fee": 0,
        "refunded": refunded,
    }
    khalti.answer("lookup", body, status=code)

    check_payment(payment)

    payment.refresh_from_db()
    assert (payment.status, payment.khalti_status) == (status, word)
    assert payment.transaction_id == (transaction_id or "")
    # A lookup never tells how much went back.
    issues = ["refund_amount_missing"] if status == "partially_refunded" else []
    assert [issue.kind for issue in payment.issues.all()] == issues


@pytest.mark.parametrize("code", [200, 400])
def test_an_end_counts_under_either_code(khalti, payment, code):
    """Khalti's documentation has changed the codes before; the body decides."""
    khalti.answer_lookup(payment, status="Expired", http_status=code)

    check_payment(payment)

    assert payment.status == "expired"


def test_the_cancel_that_was_recorded(khalti, payment):
    """Recorded in September 2026; HTTP 400 although it is an answer."""
    khalti.answer(
        "lookup",
        '{"pidx":"HT6o6PEZRWFJ5ygavzHWd5","total_amount":10000,"status":"User canceled","transaction_id":null,'
        '"fee":0,"refunded":false,"error_key":"khalti_error"}',
        status=400,
    )

    check_payment(payment)

    payment.refresh_from_db()
    assert payment.status == "canceled"
    assert payment.events.get(kind="looked_up").data == {
        "pidx": "HT6o6PEZRWFJ5ygavzHWd5",
        "total_amount": 10_000,
        "status": "User canceled",
        "transaction_id": None,
        "fee": 0,
        "refunded": False,
        "error_key": "khalti_error",
    }


@pytest.mark.parametrize("code", [404, 400])
def test_a_pidx_that_khalti_does_not_know(khalti, payment, code):
    khalti.answer("lookup", '{"detail":"Not found.","error_key":"validation_error"}', status=code)

    with pytest.raises(PidxNotFound):
        check_payment(payment)

    payment.refresh_from_db()
    assert payment.status == "initiated"


@pytest.mark.parametrize("words", ["This field may not be blank.", "This field is required."])
def test_a_question_that_khalti_does_not_take_proves_nothing(khalti_says, words):
    khalti = khalti_says("lookup", {"pidx": [words], "error_key": "validation_error"}, 400)

    with pytest.raises(Exception, match="without a status"):
        khalti.lookup("")


def test_the_fields_of_the_sdks_lookup_are_not_ours(khalti, payment):
    khalti.answer_lookup(payment, purchase_order_id="x", purchase_order_name="y", extra_merchant_params={"a": 1})

    check_payment(payment)

    assert payment.status == "completed"
    assert set(payment.events.get(kind="looked_up").data) == {
        "pidx",
        "total_amount",
        "status",
        "transaction_id",
        "fee",
        "refunded",
    }


@pytest.mark.parametrize(
    ("written", "status"),
    [
        ("10000", "completed"),
        ('"10000"', "completed"),
        ("10000.0", "completed"),
        ("1e4", "completed"),
        ("10000.5", "initiated"),
        ("10000.0000000000000000000000000001", "initiated"),
        ("9999", "initiated"),
        ("10565", "initiated"),
        ("100", "initiated"),
        ("100.00", "initiated"),
        ('"100.00"', "initiated"),
        ("-10000", "initiated"),
        ("0", "initiated"),
        ("true", "initiated"),
        ("null", "initiated"),
        ('""', "initiated"),
        ("[10000]", "initiated"),
        (None, "initiated"),
    ],
)
def test_only_the_exact_amount_counts(khalti, payment, written, status):
    body = json.dumps({"pidx": payment.pidx, "status": "Completed", "transaction_id": TRANSACTION})
    khalti.answer("lookup", body if written is None else f'{body[:-1]}, "total_amount": {written}}}')

    check_payment(payment)

    payment.refresh_from_db()
    assert payment.status == status
    assert payment.issues.filter(kind="amount_mismatch").exists() == (status == "initiated")
    control.forget_troubles()
