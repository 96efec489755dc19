"""How Khalti is asked to give money back, once, and what we make of its answer."""

import pytest

from tests.gateway.server import drips, hangs_up, resets, says, says_nothing, sends
from tests.gateway.test_lookup import GOOD as LOOKED_UP
from tests.gateway.test_lookup import PIDX
from wagtail_khalti.exceptions import (
    AnswerNotUnderstood,
    ConnectionNeverMade,
    GatewayError,
    GatewayRejected,
    GatewayUnreachable,
    KeyRejected,
    MobileNeeded,
    RequestRejected,
)
from wagtail_khalti.gateway import KhaltiClient, RefundRequest

TRANSACTION = "GFq9PFS7b2iYvL8Lir9oXe"
MOBILE = "9800000001"
SENTENCE = "Transaction refund successful."
GOOD = {"detail": SENTENCE}


def request(**changes):
    return RefundRequest(**{"transaction_id": TRANSACTION, "amount": None, **changes})


# What is asked.


def test_the_transaction_is_in_the_path_of_an_empty_request(serve):
    server, khalti = serve(says(GOOD))

    khalti.refund(request())

    (seen,) = server.requests
    assert (seen.method, seen.path) == ("POST", f"/api/merchant-transaction/{TRANSACTION}/refund/")
    assert (seen.json, seen.headers["Content-Type"]) == ({}, "application/json")


@pytest.mark.parametrize(
    ("changes", "sent"),
    [
        ({"amount": 50_000}, {"amount": 50_000}),
        ({"amount": 1}, {"amount": 1}),
        ({"mobile": MOBILE}, {"mobile": MOBILE}),
        ({"amount": 50_000, "mobile": MOBILE}, {"amount": 50_000, "mobile": MOBILE}),
    ],
)
def test_a_part_and_the_account_that_gets_it_are_told(serve, changes, sent):
    server, khalti = serve(says(GOOD))

    khalti.refund(request(**changes))

    assert server.requests[0].json == sent


def test_an_amount_travels_as_a_whole_number_of_paisa(serve):
    server, khalti = serve(says(GOOD))

    khalti.refund(request(amount=7_500))

    assert server.requests[0].body == b'{"amount": 7500}'


def test_the_address_follows_the_one_of_the_api(serve):
    server, khalti = serve(says(GOOD), path="/proxy")

    khalti.refund(request())

    assert server.requests[0].path == f"/proxy/api/merchant-transaction/{TRANSACTION}/refund/"


@pytest.mark.parametrize(
    "transaction_id", ["", ".", "..", "../lookup", "a/b", "a?b=c", "a#b", "a b", "a%2fb", "a\r\nX: y", "ख", "a\x00"]
)
def test_what_is_no_id_goes_nowhere(serve, transaction_id):
    server, khalti = serve(says(GOOD))

    with pytest.raises(RequestRejected, match="transaction_id"):
        khalti.refund(request(transaction_id=transaction_id))

    assert server.connections == 0


def test_nothing_is_sent_without_a_key(serve, merchant):
    server, _khalti = serve(says(GOOD))

    with pytest.raises(KeyRejected, match="key"):
        KhaltiClient(merchant(server.url, secret_key="")).refund(request())

    assert server.connections == 0


# Yes.


@pytest.mark.parametrize("words", [SENTENCE, SENTENCE.rstrip("."), SENTENCE.upper(), f"  {SENTENCE} "])
def test_khalti_says_yes_in_one_sentence(serve, words):
    _server, khalti = serve(says({"detail": words, "more": 1}))

    assert khalti.refund(request()) == words.strip()


NEITHER = {
    "another sentence": says({"detail": "Refund is being processed."}),
    "more than the sentence": says({"detail": f"{SENTENCE} Or not."}),
    "a no with the words of a yes": says({"detail": f"Not: {SENTENCE}"}),
    "no sentence": says({}),
    "a sentence that is none": says({"detail": None}),
    "a list of it": says({"detail": [SENTENCE]}),
    "elsewhere": says({"message": SENTENCE}),
    "yes, as an error": says(GOOD, status=400),
    "created": says(GOOD, 201),
    "accepted": says(GOOD, 202),
    "no content": says(GOOD, 204),
    "too late": says({"detail": "Gone."}, 410),
    "in conflict": says({"detail": "Already being refunded."}, 409),
    "locked": says({"detail": "Locked."}, 423),
    "too early": says({"detail": "Later."}, 425),
    "payment required": says({"detail": "Balance."}, 402),
    "a page": says(text="<html>Welcome</html>"),
    "a page that says 400": says(text="<html>Bad request</html>", status=400),
    "a list that says 200": says([SENTENCE]),
    "nothing": says(text=""),
    "half of it": says(text='{"detail": "Transaction ref'),
    "too much": says(text='{"detail": "' + "x" * 100_000 + '"}'),
    "a redirect": says(GOOD, 302, Location="http://elsewhere.example/"),
    "a redirect that keeps the method": says(GOOD, 307, Location="/api/again/"),
}


@pytest.mark.parametrize("answer", NEITHER.values(), ids=NEITHER)
def test_what_says_neither_yes_nor_no_is_not_understood(serve, answer):
    server, khalti = serve(answer)

    with pytest.raises(AnswerNotUnderstood):
        khalti.refund(request(amount=50_000))

    assert len(server.requests) == 1


# No.


@pytest.mark.parametrize("code", [400, 404, 405, 415, 422])
def test_a_refusal_keeps_khaltis_words(serve, code):
    server, khalti = serve(says({"detail": "Insufficient balance.", "error_key": "khalti_error"}, code))

    with pytest.raises(RequestRejected) as raised:
        khalti.refund(request())

    assert type(raised.value) is RequestRejected
    assert raised.value.fields == {"detail": "Insufficient balance."}
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"amount": ["Too large."]}, {"amount": "Too large."}),
        ({"amount": ["Too large.", "Really."], "error_key": "x"}, {"amount": "Too large. Really."}),
        ({"amount": {"value": ["A valid integer is required."]}}, {"amount.value": "A valid integer is required."}),
        (["Transaction is already refunded."], {"detail": "Transaction is already refunded."}),
        ({}, {}),
    ],
)
def test_a_refusal_in_any_shape_is_flattened(serve, body, fields):
    _server, khalti = serve(says(body, 400))

    with pytest.raises(RequestRejected) as raised:
        khalti.refund(request())

    assert raised.value.fields == fields


@pytest.mark.parametrize(
    "body",
    [
        {"mobile": ["This field is required."], "error_key": "validation_error"},
        {"mobile": "required"},
        {"detail": "Mobile is required for this transaction."},
        {"detail": "Please tell the MOBILE number."},
        {"non_field_errors": ["mobile: missing"]},
        ["A mobile number is needed."],
    ],
)
def test_a_request_for_a_mobile_number_is_read_from_any_text(serve, body):
    _server, khalti = serve(says(body, 400))

    with pytest.raises(MobileNeeded):
        khalti.refund(request())


@pytest.mark.parametrize("code", [401, 403])
def test_a_key_that_khalti_refuses(serve, code):
    server, khalti = serve(says({"detail": "Invalid token.", "status_code": code}, code))

    with pytest.raises(KeyRejected):
        khalti.refund(request())

    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "words", [{"mobile": [f"{MOBILE} is unknown."]}, {"detail": f"+977{MOBILE}!"}, {MOBILE: ["?"]}]
)
def test_a_number_that_khalti_repeats_is_not_in_the_error(serve, words):
    _server, khalti = serve(says(words, 400))

    with pytest.raises(RequestRejected) as raised:
        khalti.refund(request(mobile=MOBILE))

    assert MOBILE not in f"{raised.value!s} {raised.value!r} {raised.value.fields}"
    assert "…" in str(raised.value)


def test_a_request_does_not_show_the_number():
    assert MOBILE not in repr(request(mobile=MOBILE))


# Never again by itself.

SILENCE = {
    "500": says({}, 500),
    "502": says(text="<html>", status=502),
    "503 with a pause": says({}, 503, Retry_After="1"),
    "429": says({}, 429, Retry_After="30"),
    "hangs up": hangs_up,
    "resets": resets,
    "says nothing": says_nothing,
    "drips": drips(),
    "not http": sends(b"garbage\r\n\r\n", keep=False),
}


@pytest.mark.parametrize("trouble", SILENCE.values(), ids=SILENCE)
def test_where_no_answer_came_it_is_not_asked_again(serve, trouble):
    server, khalti = serve(trouble, says(GOOD))

    with pytest.raises(GatewayUnreachable) as raised:
        khalti.refund(request())

    assert not isinstance(raised.value, ConnectionNeverMade), "it may have happened"
    assert (server.connections, len(server.requests)) == (1, 1)


def test_a_kept_connection_that_breaks_is_not_replaced(serve):
    server, khalti = serve(says(LOOKED_UP), hangs_up, says(GOOD))
    khalti.lookup(PIDX)

    with pytest.raises(GatewayUnreachable):
        khalti.refund(request())

    assert (server.connections, len(server.requests)) == (1, 2)


def test_without_a_connection_it_is_not_tried_again_either(merchant, closed_port):
    """That nothing was sent is certain; whether to ask again is for who wanted the refund."""
    khalti = KhaltiClient(merchant(closed_port.url))

    with pytest.raises(ConnectionNeverMade):
        khalti.refund(request())


def test_what_is_certain_is_told_apart_from_what_is_not():
    """``refund_payment`` goes by this: after these, nothing went back; after any other it may have."""
    certain = (GatewayRejected, ConnectionNeverMade)

    assert all(issubclass(kind, certain) for kind in (KeyRejected, RequestRejected, MobileNeeded, ConnectionNeverMade))
    assert not any(issubclass(kind, certain) for kind in (GatewayUnreachable, AnswerNotUnderstood, GatewayError))
