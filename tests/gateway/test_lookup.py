"""What became of a payment, in Khalti's words."""

import json

import pytest

from tests.gateway.server import says
from wagtail_khalti.exceptions import AnswerNotUnderstood, PidxNotFound
from wagtail_khalti.gateway import Lookup

PIDX = "HT6o6PEZRWFJ5ygavzHWd5"
GOOD = {
    "pidx": PIDX,
    "total_amount": 1000,
    "status": "Completed",
    "transaction_id": "GFq9PFS7b2iYvL8Lir9oXe",
    "fee": 0,
    "refunded": False,
}


def changed(**changes):
    return {name: value for name, value in {**GOOD, **changes}.items() if value is not ...}


def with_literally(**written):
    """The good answer as JSON, with these members as they are written here."""
    members = {name: json.dumps(value) for name, value in GOOD.items()} | written
    return "{" + ", ".join(f'"{name}": {value}' for name, value in members.items()) + "}"


def test_the_question_is_the_pidx_and_nothing_else(serve):
    server, khalti = serve(says(GOOD))

    khalti.lookup(PIDX)

    (seen,) = server.requests
    assert (seen.method, seen.path) == ("POST", "/api/v2/epayment/lookup/")
    assert seen.json == {"pidx": PIDX}


def test_the_answer_is_a_value_with_the_known_fields(serve):
    _server, khalti = serve(says({**GOOD, "user": {"name": "Sita"}}))

    answer = khalti.lookup(PIDX)

    assert answer == Lookup(
        pidx=PIDX,
        status="Completed",
        amount=1000,
        transaction_id="GFq9PFS7b2iYvL8Lir9oXe",
        fee=0,
        refunded=False,
        raw=GOOD,
    )


@pytest.mark.parametrize("status", ["Expired", "User canceled"])
def test_http_400_with_a_status_is_an_answer(serve, status):
    _server, khalti = serve(says(changed(status=status, transaction_id=None, error_key="khalti_error"), 400))

    answer = khalti.lookup(PIDX)

    assert (answer.status, answer.transaction_id) == (status, "")
    assert answer.raw["error_key"] == "khalti_error"


@pytest.mark.parametrize("status", [201, 202, 204, 404, 409, 410])
def test_a_status_word_under_any_other_code_is_no_answer(serve, status):
    _server, khalti = serve(says(GOOD, status))

    with pytest.raises(AnswerNotUnderstood):
        khalti.lookup(PIDX)


@pytest.mark.parametrize("code", [400, 404])
@pytest.mark.parametrize("words", ["Not found.", "Not found"])
def test_khalti_may_say_not_found_with_either_code(serve, code, words):
    _server, khalti = serve(says({"detail": words, "error_key": "validation_error"}, code))

    with pytest.raises(PidxNotFound, match=PIDX):
        khalti.lookup(PIDX)


@pytest.mark.parametrize("body", [{"detail": "No EPayment matches the given query."}, {"error": "unknown"}, {}])
def test_404_is_not_found_in_whatever_words(serve, body):
    _server, khalti = serve(says(body, 404))

    with pytest.raises(PidxNotFound, match=PIDX):
        khalti.lookup(PIDX)


@pytest.mark.parametrize("body", [{"status": 404, "error": "Not Found"}, {"detail": "Not found.", "status": None}])
def test_404_with_a_status_of_its_own_is_no_answer(serve, body):
    _server, khalti = serve(says(body, 404))

    with pytest.raises(AnswerNotUnderstood):
        khalti.lookup(PIDX)


@pytest.mark.parametrize("status", [..., None, "", "  ", 7, True, ["Completed"], {"name": "Completed"}])
@pytest.mark.parametrize("code", [200, 400])
def test_without_a_status_word_there_is_no_answer(serve, status, code):
    _server, khalti = serve(says(changed(status=status), code))

    with pytest.raises(AnswerNotUnderstood):
        khalti.lookup(PIDX)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("1000", 1000),
        ('"1000"', 1000),
        ("1000.0", 1000),
        ("1e3", 1000),
        ("0", 0),
        ("-0", 0),
        ("0e999999", 0),
        ("1000.5", None),
        ("999.9999999999999999999999", None),
        ('"1000.0"', None),
        ('" 1000"', None),
        ('"१०००"', None),
        ('"1_000"', None),
        ('"+1000"', None),
        ('""', None),
        ("true", None),
        ("false", None),
        ("null", None),
        ("[1000]", None),
        ('{"paisa": 1000}', None),
        ("-1000", None),
        ("-0.5", None),
        ("1e15", None),
        ("1e999999", None),
        ("1e-999999", None),
        ("9" * 4000, None),
        ('"' + "9" * 4000 + '"', None),
    ],
)
def test_an_amount_is_a_whole_number_of_paisa_or_nothing(serve, written, read):
    _server, khalti = serve(says(text=with_literally(total_amount=written)))

    assert khalti.lookup(PIDX).amount == read


def test_a_missing_amount_is_nothing(serve):
    _server, khalti = serve(says(changed(total_amount=...)))

    assert khalti.lookup(PIDX).amount is None


@pytest.mark.parametrize("written", ["NaN", "Infinity", "-Infinity", "1e99999999999999999999", "9" * 5000])
def test_a_number_that_is_none_makes_the_answer_senseless(serve, written):
    _server, khalti = serve(says(text=with_literally(total_amount=written)))

    with pytest.raises(AnswerNotUnderstood):
        khalti.lookup(PIDX)


@pytest.mark.parametrize(
    ("refunded", "read"), [(..., False), (None, False), (False, False), (True, True), ("true", True), (1, True)]
)
def test_refunded_is_false_unless_khalti_says_otherwise(serve, refunded, read):
    _server, khalti = serve(says(changed(refunded=refunded)))

    assert khalti.lookup(PIDX).refunded is read


@pytest.mark.parametrize("value", [..., None, 7, [], {}, "x" * 65, "a\x00b", "a\ud800b"])
def test_an_id_that_cannot_be_one_is_none(serve, value):
    _server, khalti = serve(says(changed(transaction_id=value, pidx=value)))

    answer = khalti.lookup(PIDX)

    assert (answer.transaction_id, answer.pidx) == ("", "")


def test_what_is_kept_for_the_record_is_short_and_storable(serve):
    odd = {"status": "Sta\x00tus " * 100, "pidx": ["a", {"b": "c" * 1000}], "fee": 10**30, "error_key": "\ud800!"}
    _server, khalti = serve(says({**GOOD, **odd, "secret": "not a known field"}))

    raw = khalti.lookup(PIDX).raw

    assert set(raw) == set(GOOD) | {"error_key"}
    assert raw["status"].startswith("Status Status")
    assert raw["fee"] == str(10**30)
    assert raw["error_key"] == "?!"
    assert all(len(str(value)) <= 200 and "\x00" not in str(value) for value in raw.values())


@pytest.mark.parametrize("body", [[], ["Completed"], "Completed", 7, None, True])
def test_json_that_is_no_object_is_no_answer(serve, body):
    _server, khalti = serve(says(body))

    with pytest.raises(AnswerNotUnderstood, match="object"):
        khalti.lookup(PIDX)


@pytest.mark.parametrize("depth", [501, 900, 1_500, 5_000, 30_000])
@pytest.mark.parametrize("field", ["error_key", "total_amount", "status"])
@pytest.mark.parametrize("code", [200, 400])
def test_deep_nesting_is_no_answer(serve, depth, field, code):
    _server, khalti = serve(says(text=with_literally(**{field: "[" * depth + "]" * depth}), status=code))

    with pytest.raises(AnswerNotUnderstood):
        khalti.lookup(PIDX)


def test_nesting_that_is_only_odd_is_read(serve):
    _server, khalti = serve(says(text=with_literally(total_amount="[" * 400 + "]" * 400)))

    assert khalti.lookup(PIDX).amount is None
