"""Whether Khalti takes the key, and if not, whose it is."""

import json
from contextlib import ExitStack

import pytest

from tests.gateway.conftest import closed_port  # noqa: F401 - a fixture
from tests.gateway.server import Server, says, says_nothing
from wagtail_khalti.conf import API_URLS, Mode
from wagtail_khalti.doctor import Level
from wagtail_khalti.doctor.keys import keys

KEY = "a-key-that-nobody-may-ever-see"
UNKNOWN = says({"detail": "Not found.", "error_key": "validation_error"}, 404)
UNKNOWN_WITH_400 = says({"detail": "Not found.", "error_key": "validation_error"}, 400)
REFUSED = says({"detail": "Invalid token.", "status_code": 401}, 401)
DOWN = says(text="<h1>Service unavailable</h1>", status=503)


@pytest.fixture
def serve():
    with ExitStack() as stack:
        yield lambda *turns: stack.enter_context(Server(turns))


@pytest.fixture
def choose(settings):
    """The one merchant of this site."""

    def set_up(mode, api_url=None, **options):
        chosen = {"MODE": mode, "SECRET_KEY": KEY, "TIMEOUT": (1.0, 0.4), **options}
        settings.WAGTAIL_KHALTI = {**chosen, "API_URL": api_url} if api_url else chosen

    return set_up


def only(findings):
    (finding,) = findings
    assert KEY not in str(finding)
    return finding


def test_a_key_that_the_simulator_takes(khalti):
    finding = only(keys(API_URLS))

    assert (finding.level, finding.name) == (Level.OK, "key_accepted")
    assert khalti.calls("lookup") == 1


def test_a_key_that_the_simulator_refuses(khalti, choose):
    choose("simulator", "http://khalti.test/khalti-simulator", SECRET_KEY="invalid-key")

    finding = only(keys(API_URLS))

    assert (finding.level, finding.name) == (Level.ERROR, "key_rejected")
    assert "API_URL" in finding.remedy


@pytest.mark.parametrize("fault", ["timeout", "reset_before", "server_error", "too_many_requests"])
def test_silence_says_nothing_against_the_key(khalti, fault):
    khalti.trouble("lookup", fault)

    finding = only(keys(API_URLS))

    assert (finding.level, finding.name) == (Level.WARNING, "no_answer")
    assert "not of the key" in finding.remedy


@pytest.mark.parametrize("turn", [UNKNOWN, UNKNOWN_WITH_400])
def test_who_does_not_know_the_payment_knows_the_key(serve, choose, turn):
    khalti = serve(turn)
    choose("sandbox", khalti.url)

    finding = only(keys({Mode.SANDBOX: khalti.url}))

    assert finding.name == "key_accepted"
    [asked] = khalti.requests
    assert asked.path == "/api/v2/epayment/lookup/"
    assert asked.headers["Authorization"] == f"Key {KEY}"


def test_each_lookup_is_about_another_payment_that_is_not_there(serve, choose):
    khalti = serve(UNKNOWN)
    choose("sandbox", khalti.url)

    only(keys({})), only(keys({}))

    first, second = (json.loads(seen.body)["pidx"] for seen in khalti.requests)
    assert len(first) == len(second) == 22
    assert first != second


@pytest.mark.parametrize(("chosen", "other"), [("live", "sandbox"), ("sandbox", "live")])
def test_a_key_of_the_other_khalti_is_called_so(serve, choose, chosen, other):
    ours, theirs = serve(REFUSED), serve(UNKNOWN)
    choose(chosen, ours.url)

    finding = only(keys({Mode(chosen): ours.url, Mode(other): theirs.url}))

    assert (finding.level, finding.name) == (Level.ERROR, "key_of_other_mode")
    assert f"“{Mode(other).label}”, but its mode is “{Mode(chosen).label}”" in finding.sentence
    assert f"MODE to “{other}”" in finding.remedy
    assert (len(ours.requests), len(theirs.requests)) == (1, 1)


def test_a_key_that_no_khalti_takes(serve, choose):
    ours, theirs = serve(REFUSED), serve(REFUSED)
    choose("live", ours.url)

    finding = only(keys({Mode.LIVE: ours.url, Mode.SANDBOX: theirs.url}))

    assert (finding.level, finding.name) == (Level.ERROR, "key_rejected")
    assert finding.sentence.startswith("The API key of “default” is rejected, for “Live” as well as")


def test_a_key_stays_rejected_where_the_other_khalti_is_silent(serve, choose):
    ours, theirs = serve(REFUSED), serve(DOWN)
    choose("live", ours.url)

    finding = only(keys({Mode.LIVE: ours.url, Mode.SANDBOX: theirs.url}))

    assert (finding.level, finding.name) == (Level.ERROR, "key_rejected")
    assert "could not be checked" in finding.sentence


def test_a_key_never_goes_from_a_host_of_ones_own_to_khalti(serve, choose):
    ours, live, sandbox = serve(REFUSED), serve(UNKNOWN), serve(UNKNOWN)
    choose("live", ours.url)

    finding = only(keys({Mode.LIVE: live.url, Mode.SANDBOX: sandbox.url}))

    assert finding.name == "key_rejected"
    assert live.requests == sandbox.requests == []


@pytest.mark.parametrize("turn", [DOWN, says_nothing])
def test_one_try_within_the_timeout(serve, choose, turn):
    khalti = serve(turn)
    choose("live", khalti.url)

    finding = only(keys({Mode.LIVE: khalti.url}))

    assert (finding.level, finding.name) == (Level.WARNING, "no_answer")
    assert len(khalti.requests) == 1


def test_a_host_that_is_not_there(closed_port, choose):  # noqa: F811 - the fixture
    choose("sandbox", closed_port.url)

    finding = only(keys({Mode.SANDBOX: closed_port.url}))

    assert (finding.level, finding.name) == (Level.WARNING, "no_answer")
    assert closed_port.url in finding.remedy


@pytest.mark.parametrize(
    "turn",
    [
        says(text="<h1>Not found</h1>", status=404),
        says({"pidx": "x", "status": "Completed", "total_amount": 1000}),
        says(text="moved", status=302, Location="https://khalti.test/"),
    ],
)
def test_an_answer_that_khalti_would_not_give(serve, choose, turn):
    host = serve(turn)
    choose("sandbox", host.url)

    finding = only(keys({Mode.SANDBOX: host.url}))

    assert (finding.level, finding.name) == (Level.WARNING, "unexpected_response")


def test_each_merchant_is_asked_for(serve, choose):
    khalti, other = serve(UNKNOWN), serve(REFUSED)
    choose("sandbox", khalti.url, MERCHANTS={"books": {"MODE": "sandbox", "SECRET_KEY": "b", "API_URL": other.url}})

    assert [finding.name for finding in keys({})] == ["key_accepted", "key_rejected"]


@pytest.mark.parametrize("key", ["", "with spaces", "कुञ्जी"])
def test_what_is_no_key_is_sent_nowhere(serve, choose, key):
    khalti = serve(UNKNOWN)
    choose("sandbox", khalti.url, SECRET_KEY=key)

    assert list(keys({Mode.SANDBOX: khalti.url})) == []
    assert khalti.requests == []


def test_settings_that_cannot_be_read_ask_nobody(settings):
    settings.WAGTAIL_KHALTI = {"MODE": "production"}

    assert list(keys(API_URLS)) == []
