"""Whatever bytes a lookup brings: only exact evidence completes or ends a payment, and only our errors come out."""

import json
from decimal import Decimal
from io import BytesIO

import pytest
import requests
from hypothesis import HealthCheck, event, example, given, settings
from hypothesis import strategies as st
from requests.adapters import BaseAdapter
from urllib3 import HTTPResponse

from tests.gateway.test_properties import JSON
from tests.in_full import IS_FULL
from wagtail_khalti.actions import check_payment
from wagtail_khalti.conf import configuration
from wagtail_khalti.exceptions import KhaltiError
from wagtail_khalti.gateway import connect
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.models.references import new_reference
from wagtail_khalti.models.status import PAID, SOFT_ENDS

AMOUNT = 150_000
PIDX = "HT6o6PEZRWFJ5ygavzHWd5"
TRUTH = {
    "pidx": PIDX,
    "total_amount": AMOUNT,
    "status": "Completed",
    "transaction_id": "GFq9PFS7b2iYvL8Lir9oXe",
    "fee": 0,
    "refunded": False,
}
MEANS = {
    "completed": "completed",
    "refunded": "refunded",
    "partially refunded": "partially_refunded",
    "user canceled": "canceled",
    "canceled": "canceled",
    "expired": "expired",
    "failed": "failed",
}

pytestmark = [pytest.mark.django_db, pytest.mark.heavy]
MANY = settings(
    max_examples=500 if IS_FULL else 100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


class Says(BaseAdapter):
    """The end of the line: these bytes, with this HTTP code."""

    code, content = 200, b""

    def send(self, request, **options):
        response = requests.Response()
        response.status_code = self.code
        response.raw = HTTPResponse(body=BytesIO(self.content), status=self.code, preload_content=False)
        response.request, response.url = request, request.url
        return response

    def close(self):
        """Nothing is kept open."""


def slightly_wrong(word):
    """The word with another case, spaces, a neighbour from another alphabet, or something at its ends."""
    changes = [str.upper, str.lower, str.swapcase, lambda text: f" {text}\t", lambda text: text.replace(" ", "  ")]
    changes += [lambda text: text + "\u200b", lambda text: text.replace("e", "\u0435"), lambda text: text + "."]
    changes += [lambda text: text[:-1], lambda text: "Not " + text, lambda text: text + "\x00", lambda text: [text]]
    return st.sampled_from(changes).map(lambda change: change(word))


SAME_AMOUNT = [AMOUNT, str(AMOUNT), float(AMOUNT), f"000{AMOUNT}"]
OTHER_AMOUNT = [AMOUNT + 0.5, AMOUNT - 1, AMOUNT + 1, -AMOUNT, AMOUNT // 100, AMOUNT * 10**300, True, None]
NO_AMOUNT = [f"{AMOUNT}.0", f" {AMOUNT}", f"Rs {AMOUNT}", "१५००००", "1.5e5", [AMOUNT], {"amount": AMOUNT}]
NEAR_AMOUNTS = st.sampled_from(SAME_AMOUNT) | st.sampled_from(OTHER_AMOUNT) | st.sampled_from(NO_AMOUNT)
STATUSES = st.sampled_from([word.title() for word in MEANS] + ["Completed", "Pending", "Initiated", "Ambiguous"])
NEAR_TRUTHS = st.fixed_dictionaries(
    {},
    optional={
        "pidx": st.just(PIDX) | st.sampled_from([PIDX.lower(), PIDX[:-1], PIDX + " ", [PIDX], None]) | JSON,
        "total_amount": st.just(AMOUNT) | NEAR_AMOUNTS | JSON,
        "status": STATUSES | STATUSES.flatmap(slightly_wrong) | JSON,
        "refunded": st.booleans() | JSON,
        "error_key": st.just("khalti_error") | JSON,
    },
).map(lambda changes: {**TRUTH, **changes})
EDITS = st.lists(st.tuples(st.integers(0, 200), st.integers(0, 3), st.binary(max_size=3)), max_size=4)


def edited(edits, body):
    """Some bytes replaced, inserted or left out."""
    for place, length, new in edits:
        body = body[:place] + new + body[place + length :]
    return body


NEAR = NEAR_TRUTHS.map(lambda body: json.dumps(body).encode())
BYTES = (
    NEAR | st.builds(edited, EDITS, NEAR) | JSON.map(lambda body: json.dumps(body).encode()) | st.binary(max_size=300)
)


def proves(content, code):
    """The end that these bytes prove; read without a line of the package."""
    try:
        body = json.loads(content, parse_float=Decimal)
    except (ValueError, RecursionError, ArithmeticError):
        return None
    if code not in (200, 400) or not isinstance(body, dict) or body.get("pidx") != PIDX:
        return None
    amount, status = body.get("total_amount"), body.get("status")
    if isinstance(amount, str) and amount.isascii() and amount.isdigit():
        amount = int(amount)
    if isinstance(amount, bool) or not isinstance(amount, int | Decimal) or amount != AMOUNT:
        return None
    end = MEANS.get(" ".join(status.casefold().split())) if isinstance(status, str) else None
    is_unclear = end == "completed" and body.get("refunded", False) not in (None, False)
    return None if is_unclear else end


def a_payment():
    return KhaltiPayment.objects.create(
        amount=AMOUNT, pidx=PIDX, status="initiated", merchant="default", mode="simulator",
        purchase_order_id=new_reference(),
    )  # fmt: skip


@pytest.fixture
def khalti_says(khalti):
    """Khalti's next answers; the line is ours up to its last yard."""
    line = Says()
    connect(configuration().merchant()).transport.session.mount("http://", line)
    return line


@MANY
@given(content=BYTES, code=st.sampled_from([200, 200, 200, 400, 401, 404, 500]))
@example(content=json.dumps(TRUTH).encode(), code=200)
@example(content=json.dumps({**TRUTH, "status": "Expired"}).encode(), code=400)
@example(content=json.dumps(TRUTH).encode("utf-16"), code=200)
@example(content=json.dumps({**TRUTH, "status": "Completed\x00"}).encode(), code=200)
@example(content=json.dumps({**TRUTH, "status": f"Completed{' ' * 200}is what it isn't"}).encode(), code=200)
@example(content=b"[" * 20_000, code=200)
@example(content=json.dumps(TRUTH).encode().replace(b"150000", b"1" * 5_000), code=200)
@example(content=json.dumps(TRUTH).encode().replace(b"150000", b"150000.0e-999999999"), code=200)
@example(content=json.dumps(TRUTH).encode().replace(b'"pidx"', b'"status": "Expired", "pidx"'), code=200)
def test_only_exact_evidence_completes_or_ends_a_payment(khalti_says, content, code):
    khalti_says.content, khalti_says.code = content, code
    payment = a_payment()

    try:
        check_payment(payment)
    except KhaltiError as error:
        event(type(error).__name__)

    status = KhaltiPayment.objects.get(pk=payment.pk).status
    KhaltiPayment.objects.filter(pk=payment.pk).update(pidx=None)
    event(status)
    if status in PAID | SOFT_ENDS:
        assert status == proves(content, code)
    else:
        assert status in ("initiated", "pending")


@pytest.mark.parametrize("word", MEANS)
def test_exact_evidence_does_complete_or_end_it(khalti_says, word):
    """The control: the property above is not kept by doing nothing."""
    khalti_says.content = json.dumps({**TRUTH, "status": word.title()}).encode()
    payment = a_payment()

    check_payment(payment)

    assert KhaltiPayment.objects.get().status == MEANS[word] == proves(khalti_says.content, 200)
