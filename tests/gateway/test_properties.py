"""Whatever comes over the line: nothing but a value or an error of the gateway."""

import json
import math
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.gateway.server import says
from tests.gateway.test_initiate import GOOD as INITIATED
from tests.gateway.test_initiate import request
from tests.gateway.test_lookup import GOOD, PIDX
from tests.in_full import IS_FULL
from wagtail_khalti.exceptions import GatewayError
from wagtail_khalti.gateway import Callback, Initiated, Lookup
from wagtail_khalti.gateway.client import flatten
from wagtail_khalti.gateway.messages import read_paisa

ONE_SERVER = settings(
    max_examples=200 if IS_FULL else 80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
TRUE_HTTP_STATUSES = st.integers(200, 599).filter(lambda status: status not in (204, 304))  # these have no body


def resembling(good):
    """Objects with Khalti's own names, of which some hold what they should."""
    members = {name: st.just(value) | JSON for name, value in good.items()}
    return st.fixed_dictionaries({}, optional=members) | JSON


@pytest.fixture
def speak(serve):
    """Says what Khalti will say next; gives the client."""
    words = {}
    _server, khalti = serve(lambda talk: says(**words)(talk) and False)

    def say(text, status):
        words.update(text=text, status=status)
        return khalti

    return say


@ONE_SERVER
@given(body=resembling(GOOD), status=st.sampled_from([200, 400]) | TRUE_HTTP_STATUSES)
@example(body={**GOOD, "total_amount": math.inf}, status=200)
@example(body={**GOOD, "status": "\ud800"}, status=400)
def test_a_lookup_gives_a_value_or_an_error_of_the_gateway(speak, body, status):
    try:
        answer = speak(json.dumps(body), status).lookup(PIDX)
    except GatewayError:
        return

    assert isinstance(answer, Lookup)
    assert status in (200, 400)
    assert isinstance(body["status"], str)
    assert answer.amount is None or 0 <= answer.amount < 10**15
    json.dumps(dict(answer.raw)).encode()


@ONE_SERVER
@given(body=resembling(INITIATED), status=st.sampled_from([200, 400]) | TRUE_HTTP_STATUSES)
def test_an_initiate_gives_a_value_or_an_error_of_the_gateway(speak, body, status):
    try:
        answer = speak(json.dumps(body), status).initiate(request())
    except GatewayError:
        return

    assert isinstance(answer, Initiated)
    assert status == 200
    assert answer.pidx == body["pidx"]
    assert answer.payment_url == body["payment_url"]


@ONE_SERVER
@given(raw=st.binary(max_size=300), status=TRUE_HTTP_STATUSES)
def test_bytes_of_any_kind_give_an_error_of_the_gateway(speak, raw, status):
    with pytest.raises(GatewayError):
        speak(raw, status).initiate(request())


@given(errors=JSON)
def test_flattening_never_fails_and_yields_text_only(errors):
    for path, words in flatten(errors):
        assert isinstance(path, str)
        assert isinstance(words, str)
        words.encode()


@given(query=st.text())
@example(query="pidx=%ff%fe&status=%00")
@example(query="?" * 10_000)
@example(query="&pidx=" * 5_000)
@example(query="pidx=\ud800")
def test_reading_a_callback_never_fails(query):
    callback = Callback.from_query(query)

    json.dumps(dict(callback.parameters)).encode()
    assert all(len(value) <= 200 for value in callback.parameters.values())
    assert "\x00" not in str(callback.parameters)
    callback.names_another(PIDX)


@given(value=SCALARS.filter(lambda value: not isinstance(value, str)) | st.decimals(allow_nan=False))
def test_only_whole_numbers_that_are_not_negative_are_amounts(value):
    read = read_paisa(value)

    is_whole = isinstance(value, int | Decimal) and not isinstance(value, bool) and 0 <= value < 10**15
    assert read == (value if is_whole and value == int(value) else None)


@given(paisa=st.integers(0, 10**15 - 1))
def test_a_whole_amount_reads_the_same_however_it_is_written(paisa):
    assert read_paisa(paisa) == read_paisa(str(paisa)) == read_paisa(Decimal(paisa)) == paisa
    assert read_paisa(Decimal(paisa) + Decimal("0.5")) is None


@given(text=st.text())
def test_text_is_an_amount_only_in_plain_digits(text):
    read = read_paisa(text)

    assert read is None or text.strip("0123456789") == ""
