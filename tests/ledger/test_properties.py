"""Whatever Khalti answers: the payment moves only by exact evidence, and nothing but our errors come out."""

import json

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.gateway.test_properties import JSON, TRUE_HTTP_STATUSES
from tests.in_full import IS_FULL
from wagtail_khalti.actions import check_payment, start_payment
from wagtail_khalti.exceptions import GatewayError
from wagtail_khalti.gateway.messages import read_paisa
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.models.references import new_reference
from wagtail_khalti.models.status import PAID, SOFT_ENDS

AMOUNT = 150_000
PIDX = "HT6o6PEZRWFJ5ygavzHWd5"
MONEY = {"completed", "refunded", "partially refunded"}
ENDS = {"user canceled": "canceled", "canceled": "canceled", "expired": "expired", "failed": "failed"}
WORDS = st.sampled_from(["Completed", "COMPLETED ", "Refunded", "Expired", "User canceled", "Failed", "Pending", "?"])

BODIES = st.fixed_dictionaries(
    {},
    optional={
        "pidx": st.just(PIDX) | JSON,
        "status": WORDS | JSON,
        "total_amount": st.just(AMOUNT) | st.sampled_from([str(AMOUNT), float(AMOUNT), AMOUNT + 0.5, -AMOUNT]) | JSON,
        "transaction_id": st.just("T1") | JSON,
        "fee": st.just(0) | JSON,
        "refunded": st.booleans() | JSON,
        "error_key": JSON,
        "detail": st.just("Not found.") | JSON,
    },
)

pytestmark = [pytest.mark.django_db, pytest.mark.heavy]
ON_ROWS = settings(
    max_examples=150 if IS_FULL else 40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@ON_ROWS
@given(body=BODIES | JSON, http_status=st.sampled_from([200, 200, 400]) | TRUE_HTTP_STATUSES)
@example(body={"pidx": PIDX, "status": "Completed", "total_amount": AMOUNT, "transaction_id": "\x00"}, http_status=200)
@example(body={"pidx": PIDX, "status": "\ud800", "total_amount": AMOUNT}, http_status=200)
@example(body={"pidx": PIDX, "status": "Completed", "total_amount": AMOUNT, "fee": 10**14}, http_status=200)
@example(body={"pidx": PIDX, "status": "Completed", "total_amount": AMOUNT, "error_key": [[{}]]}, http_status=200)
def test_any_answer_to_a_lookup(khalti, body, http_status):
    payment = KhaltiPayment.objects.create(
        amount=AMOUNT, pidx=PIDX, status="initiated", merchant="default", mode="simulator",
        purchase_order_id=new_reference(),
    )  # fmt: skip
    khalti.answer("lookup", json.dumps(body), status=http_status, times=3)

    try:
        check_payment(payment)
    except GatewayError:
        pass
    finally:
        khalti.no_more_trouble()

    row = KhaltiPayment.objects.get(pk=payment.pk)
    KhaltiPayment.objects.filter(pk=payment.pk).update(pidx=None)
    assert row.amount == AMOUNT
    if row.status in PAID | SOFT_ENDS:
        word = " ".join(body["status"].casefold().split())
        assert http_status in (200, 400)
        assert body["pidx"] == PIDX
        assert read_paisa(body["total_amount"]) == AMOUNT or body["total_amount"] == AMOUNT
        assert not isinstance(body["total_amount"], bool)
        assert (word in MONEY) if row.status in PAID else (ENDS[word] == row.status)
    else:
        assert row.status in ("initiated", "pending")


@ON_ROWS
@given(
    body=st.fixed_dictionaries(
        {},
        optional={
            "pidx": st.text(max_size=70) | JSON,
            "payment_url": st.sampled_from(["https://pay.example/", "https://pay.example/\x00"]) | JSON,
            "expires_at": st.datetimes(timezones=st.timezones()).map(str) | JSON,
        },
    )
    | JSON,
    http_status=st.sampled_from([200, 200, 400]) | TRUE_HTTP_STATUSES,
)
@example(
    body={"pidx": "p", "payment_url": "https://pay.example/", "expires_at": "9999-12-31T23:59:59-05:45"},
    http_status=200,
)
@example(body={"\x00": {"\ud800": ["\x00"]}}, http_status=400)
def test_any_answer_to_an_initiate(khalti, body, http_status):
    khalti.answer("initiate", json.dumps(body), status=http_status)

    try:
        start_payment(AMOUNT, purpose="Membership", base_url="http://testserver")
    except GatewayError:
        pass
    finally:
        khalti.no_more_trouble()

    row = KhaltiPayment.objects.latest("pk")
    assert (row.status == "initiated") == bool(row.pidx) == bool(row.payment_url)
    assert row.status in ("created", "initiated") or (row.status == "failed" and http_status == 400)
    KhaltiPayment.objects.update(pidx=None)
