"""The secret key never shows: not in a repr, an exception, a log."""

import logging
import traceback

import pytest

from tests.gateway.conftest import SECRET_KEY
from tests.gateway.server import hangs_up, says, says_nothing, sends
from tests.gateway.test_initiate import request
from tests.gateway.test_lookup import GOOD, PIDX
from wagtail_khalti.conf import read
from wagtail_khalti.exceptions import GatewayError, KeyRejected
from wagtail_khalti.gateway import KhaltiClient, RefundRequest
from wagtail_khalti.gateway.transport import KeyAuth, Transport


def test_values_that_hold_the_key_do_not_show_it(merchant):
    holder = merchant()
    configuration = read({"SECRET_KEY": SECRET_KEY, "MERCHANTS": {"shop": {"SECRET_KEY": SECRET_KEY}}})
    client, transport, auth = KhaltiClient(holder), Transport(holder), KeyAuth(SECRET_KEY)

    for value in (holder, configuration, client, transport, auth, transport.session, vars(client), vars(transport)):
        assert SECRET_KEY not in f"{value!r} {value!s}"
    assert SECRET_KEY not in repr(vars(transport.session))


def test_the_fingerprint_tells_keys_apart_and_does_not_tell_them(merchant):
    one, same, other = merchant(), merchant(), merchant(secret_key="another")

    assert one.key_fingerprint == same.key_fingerprint != other.key_fingerprint
    assert len(one.key_fingerprint) == 12
    assert not any(part in SECRET_KEY for part in (one.key_fingerprint[:6], one.key_fingerprint[6:]))


TROUBLES = {
    "401": says({"detail": "Invalid token."}, 401),
    "400": says({"amount": ["no"]}, 400),
    "404": says({"detail": "Not found."}, 404),
    "429": says({}, 429, Retry_After="9"),
    "503": says({}, 503),
    "html": says(text="<html>"),
    "redirect": says({}, 302, Location="http://elsewhere.example/"),
    "large": says(text=" " * 100_000),
    "hangs up": hangs_up,
    "silence": says_nothing,
    "not http": sends(b"garbage\r\n\r\n", keep=False),
    "no pidx": says({}),
}
QUESTIONS = {
    "initiate": lambda khalti: khalti.initiate(request()),
    "lookup": lambda khalti: khalti.lookup(PIDX),
    "refund": lambda khalti: khalti.refund(RefundRequest(transaction_id="T1", amount=None)),
}


@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES)
@pytest.mark.parametrize("ask", QUESTIONS.values(), ids=QUESTIONS)
def test_no_error_and_no_log_shows_the_key(serve, caplog, trouble, ask):
    caplog.set_level(logging.DEBUG)
    server, khalti = serve(trouble, timeout=(0.2, 0.2))

    with pytest.raises(GatewayError) as raised:
        ask(khalti)

    assert server.requests[0].headers["Authorization"] == f"Key {SECRET_KEY}"
    assert any(record.name.startswith("urllib3") for record in caplog.records)
    assert SECRET_KEY not in caplog.text
    assert SECRET_KEY not in _everything_said_by(raised.value)


def test_no_log_of_a_success_shows_the_key(serve, caplog):
    caplog.set_level(logging.DEBUG)
    _server, khalti = serve(says(GOOD))

    khalti.lookup(PIDX)

    assert caplog.records
    assert SECRET_KEY not in caplog.text


@pytest.mark.parametrize("oddity", ["\n", "\r\nX: y", "\x00", "ख", " x", "\x7f"])
def test_a_key_unfit_for_a_header_is_neither_sent_nor_shown(serve, merchant, oddity):
    server, _khalti = serve(says(GOOD))
    khalti = KhaltiClient(merchant(server.url, secret_key=f"{SECRET_KEY}{oddity}"))

    with pytest.raises(KeyRejected) as raised:
        khalti.lookup(PIDX)

    assert server.connections == 0
    assert SECRET_KEY not in _everything_said_by(raised.value)


def _everything_said_by(error):
    said = "".join(traceback.format_exception(error))
    while error is not None:
        said += f"{error!s} {error!r} {error.args!r} {vars(error)!r}"
        error = error.__cause__ or error.__context__
    return said
