"""Whatever is sent: a problem that says what is wrong, never a 500, and nothing started."""

import json

import pytest

from tests.api.conftest import ROOT
from wagtail_khalti.api.body import StrictParser
from wagtail_khalti.api.problems import Problem
from wagtail_khalti.models import KhaltiPayment

AMOUNTS = ["1000", "१०००", 1000.0, 1e3, 10.5, True, 2**63, 2**70, -1, 0, [1000], {"a": 1}]


@pytest.fixture(autouse=True)
def nothing_started(db):
    yield
    assert not KhaltiPayment.objects.exists()


@pytest.mark.parametrize(
    "body",
    ["", "{", "[1", "nope", "{'a': 1}", '{"a": NaN}', '{"a": Infinity}', '{"a": 1, "a": 2}', b"\xff", '{"a": 01}',
     "\ufeff{}", '{"a": ' + "9" * 5000 + "}", '"\\ud800', "[" * 9 + "]" * 9, "[" * 30_000, '{"a":' * 9 + "1" + "}" * 9],
)  # fmt: skip
def test_what_is_no_json(anybody, body):
    anybody.post("payments/", body)

    assert anybody.problem in {(400, "invalid-json"), (422, "invalid-request")}
    assert body == "" or anybody.status == 400


@pytest.mark.parametrize("body", ["[]", "1", "null", '"x"', "{}", '{"offer": "x", "payable": {}}'])
def test_json_that_is_something_else(anybody, body):
    assert anybody.post("payments/", body).wrong


def test_a_body_that_is_too_large(anybody):
    assert anybody.post("payments/", '{"offer": "' + "x" * 70_000 + '"}').problem == (413, "body-too-large")


def test_a_length_that_is_no_number(anybody):
    response = anybody.client.post(ROOT + "payments/", "{}", content_type="application/json", CONTENT_LENGTH="x")

    assert response.status_code == 413


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_another_content_type(anybody, kind):
    anybody.response = anybody.client.post(ROOT + "payments/", b"{}", content_type=kind)

    assert anybody.problem == (415, "unsupported-media-type")


@pytest.mark.parametrize("amount", AMOUNTS)
@pytest.mark.parametrize("name", ["amount", "expected_amount", "quantity"])
def test_amounts_are_whole_numbers(anybody, shop_page, token_of, name, amount):
    body = json.dumps({"offer": token_of(shop_page(max_quantity=3)), "amount": 10_000, name: amount})

    anybody.post("payments/", body)

    assert anybody.wrong & {f"/{name}", "/amount"}


@pytest.mark.every_database
@pytest.mark.parametrize("text", ["a\x00b", "\ud800"])
@pytest.mark.parametrize("place", ["offer", "option", "name", "answer", "question", "unknown"])
def test_text_that_no_database_stores(anybody, text, place):
    body = {"offer": "x"}
    body |= {
        "offer": {"offer": text},
        "option": {"option": text},
        "name": {"customer": {"name": text}},
        "answer": {"answers": {"a": text}},
        "question": {"answers": {text: "a"}},
        "unknown": {text: 1},
    }[place]

    assert anybody.post("payments/", body).wrong


def test_unknown_members_are_refused(anybody):
    body = {"offer": "x", "price": 1, "customer": {"id": 1}}

    assert anybody.post("payments/", body).wrong == {"/price", "/customer/id"}


@pytest.mark.every_database
@pytest.mark.parametrize("reference", ["x", "%00", "%ff", "नेपाली", "A" * 5000, "2" * 16, ".", "a%2Fb"])
def test_references_that_are_none(program, reference):
    for send in (program.get, lambda path: program.post(f"{path}verify/")):
        send(f"payments/{reference}/")
        assert program.problem == (404, "not-found")


@pytest.mark.every_database
@pytest.mark.parametrize("after", ["x", "%00", "%ff", "नेपाली", "A" * 5000])
def test_cursors_that_are_none(program, after):
    assert program.get(f"payments/?after={after}").wrong == {"/after"}


@pytest.mark.parametrize("path", ["", "x", "payments", "payments/X", "offers/", "payments/X/Y/"])
def test_addresses_that_are_none(anybody, path):
    assert anybody.get(path).problem == (404, "not-found")
    assert anybody.post(path).problem == (404, "not-found")


def test_methods_that_are_none(anybody):
    anybody.response = anybody.client.put(f"{ROOT}payments/", {}, content_type="application/json")

    assert anybody.problem == (405, "method-not-allowed")
    assert set(anybody.response["Allow"].split(", ")) == {"GET", "POST"}


@pytest.mark.every_database
@pytest.mark.parametrize("kind", ["shop.invoice", "auth.user", "shop.Invoice.x", "' OR 1=1", "नेपाली"])
@pytest.mark.parametrize("key", ["1e3", "१", " ", "-1", "9" * 64, "' OR 1=1", "नेपाली"])
def test_payables_that_are_none(program, kind, key):
    assert program.post("payments/", {"payable": {"type": kind, "id": key}}).problem == (404, "not-found")


def test_too_many_requests(anybody, settings):
    settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "RATE_LIMITS": {"checkout": 2, "page": 3}}
    anybody.client.defaults["REMOTE_ADDR"] = "8.8.8.8"

    found = [anybody.post("payments/", "{}").status for _ in range(3)]

    assert found == [422, 422, 429]
    assert anybody.problem == (429, "rate-limited")
    assert int(anybody.response["Retry-After"]) > 0
    assert [anybody.get("offers/x/").status for _ in range(4)] == [404, 404, 404, 429]


def test_details_are_in_the_language_of_the_request(anybody):
    english, nepali = (anybody.get("offers/x/", **{"Accept-Language": code}).json for code in ("en", "ne"))

    assert english["title"] == nepali["title"] == "Not found"
    assert english["type"] == nepali["type"]


def test_what_every_answer_says_to_caches_and_robots(anybody):
    response = anybody.get("offers/x/").response

    assert "no-store" in response["Cache-Control"]
    assert "noindex" in response["X-Robots-Tag"]


def test_another_content_type_in_chunks(anybody, rf):
    """A server of the kind ASGI passes on a body without its length."""
    request = rf.post("/", "{}", content_type="text/plain")
    del request.META["CONTENT_LENGTH"]
    request._body = b"{}"

    with pytest.raises(Problem, match="unsupported-media-type"):
        StrictParser().parse_body(request)
