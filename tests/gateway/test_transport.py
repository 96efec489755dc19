"""One POST over a real socket: capped, timed, never redirected."""

import gzip
import json
import ssl
import subprocess
import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import requests
import urllib3
from requests.adapters import BaseAdapter

from tests.gateway.conftest import SECRET_KEY
from tests.gateway.server import drips, hangs_up, resets, says, says_nothing, sends
from tests.gateway.test_initiate import request
from tests.gateway.test_lookup import GOOD, PIDX
from wagtail_khalti import __version__
from wagtail_khalti.exceptions import (
    AnswerNotUnderstood,
    ConnectionNeverMade,
    GatewayError,
    GatewayUnreachable,
    KeyRejected,
)
from wagtail_khalti.gateway import KhaltiClient
from wagtail_khalti.gateway.transport import MAX_BODY


def test_the_key_travels_in_the_header_that_khalti_wants(serve):
    server, khalti = serve(says(GOOD))

    khalti.lookup(PIDX)

    assert server.requests[0].headers["Authorization"] == f"Key {SECRET_KEY}"


def test_we_say_who_we_are_and_what_we_read(serve):
    server, khalti = serve(says(GOOD))

    khalti.lookup(PIDX)

    headers = server.requests[0].headers
    assert headers["User-Agent"] == f"wagtail-khalti/{__version__}"
    assert headers["Accept"] == "application/json"
    assert headers["Content-Type"] == "application/json"


def test_an_api_address_may_have_a_path(serve):
    server, khalti = serve(says(GOOD), path="/khalti-simulator")

    khalti.lookup(PIDX)

    assert server.requests[0].path == "/khalti-simulator/api/v2/epayment/lookup/"


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("text", ['{"detail": "Invalid token.", "status_code": 401}', "<html>Forbidden</html>", ""])
def test_401_and_403_are_about_the_key(serve, status, text):
    server, khalti = serve(says(text=text, status=status))

    with pytest.raises(KeyRejected, match=str(status)):
        khalti.lookup(PIDX)
    with pytest.raises(KeyRejected, match=str(status)):
        khalti.initiate(request())
    assert len(server.requests) == 2


@pytest.mark.parametrize("status", [500, 502, 503, 504, 520, 599, 429])
@pytest.mark.parametrize("text", ['{"detail": "down"}', "<html>Service temporarily unavailable</html>", ""])
def test_a_server_in_trouble_is_unreachable_whatever_it_says(serve, status, text):
    _server, khalti = serve(says(text=text, status=status))

    with pytest.raises(GatewayUnreachable, match=str(status)):
        khalti.initiate(request())


@pytest.mark.parametrize("status", [429, 503])
def test_khalti_can_say_how_long_to_wait(serve, status):
    _server, khalti = serve(says({}, status, Retry_After="120"))

    with pytest.raises(GatewayUnreachable) as raised:
        khalti.initiate(request())

    assert raised.value.retry_after == 120


SENSELESS = [
    "",
    "soon",
    "-1",
    "1.5",
    "१२०",
    "1000000",
    "Wed, 99 Oct 2026 07:28:00 GMT",
    "Wed, 21 Oct 99999 07:28:00 GMT",
]


@pytest.mark.parametrize(("status", "pause"), [(503, None), (429, 60)])
@pytest.mark.parametrize("words", SENSELESS)
def test_a_senseless_pause_is_none_and_after_429_a_long_one(serve, words, status, pause):
    _server, khalti = serve(says({}, status, Retry_After=words.encode().decode("latin-1")))

    with pytest.raises(GatewayUnreachable) as raised:
        khalti.initiate(request())

    assert raised.value.retry_after == pause


def test_khalti_can_name_a_moment_to_wait_for(serve):
    moment = datetime.now(UTC) + timedelta(seconds=100)
    _server, khalti = serve(says({}, 503, Retry_After=format_datetime(moment, usegmt=True)))

    with pytest.raises(GatewayUnreachable) as raised:
        khalti.initiate(request())

    assert 90 <= raised.value.retry_after <= 100


def test_a_moment_that_is_over_is_no_pause(serve):
    _server, khalti = serve(says({}, 503, Retry_After="Wed, 21 Oct 2020 07:28:00 GMT"))

    with pytest.raises(GatewayUnreachable) as raised:
        khalti.initiate(request())

    assert raised.value.retry_after == 0


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(serve, status):
    elsewhere, _khalti = serve(says(GOOD))
    server, khalti = serve(says({}, status, Location=f"{elsewhere.url}/api/v2/epayment/lookup/"))

    with pytest.raises(AnswerNotUnderstood, match="redirect"):
        khalti.lookup(PIDX)

    assert len(server.requests) == 1
    assert elsewhere.requests == []


@pytest.mark.parametrize("location", ["http://[::1", "http://a:port/", "\xff\xfe", "http://" + "a" * 70 + ".com/"])
def test_where_a_redirect_leads_is_not_even_read(serve, location):
    server, khalti = serve(says({}, 302, Location=location))

    with pytest.raises(AnswerNotUnderstood, match="redirect"):
        khalti.lookup(PIDX)

    assert len(server.requests) == 1


def test_the_body_of_a_redirect_has_the_same_limit(serve):
    _server, khalti = serve(says(text=" " * 5_000_000, status=302, Location="/elsewhere/"))

    with pytest.raises(AnswerNotUnderstood, match="larger than 65536 bytes"):
        khalti.lookup(PIDX)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "<!doctype html><title>Just a moment...</title>",
        '{"pidx": "HT6o6PEZRWFJ5ygavzHWd5", "status": "Comple',
        "{'status': 'Completed'}",
        '{"status": "Completed"} {"status": "Completed"}',
        b"\xff\xfe\x00",
        b'{"status": "\xff"}',
        '{"total_amount": NaN}',
        '{"total_amount": -Infinity}',
        '{"total_amount": ' + "9" * 5000 + "}",
        '{"total_amount": 1e' + "9" * 30 + "}",
        "[" * 30_000 + "]" * 30_000,
        '{"a":' * 5_000 + "1" + "}" * 5_000,
    ],
    ids=lambda text: repr(text[:30]),
)
@pytest.mark.parametrize("status", [200, 400, 404])
def test_what_is_not_json_proves_nothing(serve, text, status):
    _server, khalti = serve(says(text=text, status=status))

    with pytest.raises(AnswerNotUnderstood):
        khalti.lookup(PIDX)


def test_an_answer_may_be_as_large_as_the_limit(serve):
    text = json.dumps(GOOD).ljust(MAX_BODY)
    _server, khalti = serve(says(text=text))

    assert khalti.lookup(PIDX).status == "Completed"


@pytest.mark.parametrize("size", [MAX_BODY + 1, 5_000_000])
def test_a_larger_answer_is_not_read_to_its_end(serve, size):
    _server, khalti = serve(says(text=json.dumps(GOOD).ljust(size)))

    with pytest.raises(AnswerNotUnderstood, match="larger than 65536 bytes"):
        khalti.lookup(PIDX)


def test_a_compressed_answer_is_read(serve):
    _server, khalti = serve(says(text=gzip.compress(json.dumps(GOOD).encode()), Content_Encoding="gzip"))

    assert khalti.lookup(PIDX).status == "Completed"


def test_the_limit_is_for_what_is_unpacked(serve):
    bomb = gzip.compress(json.dumps(GOOD).encode() + b" " * 50_000_000)
    assert len(bomb) < MAX_BODY
    _server, khalti = serve(says(text=bomb, Content_Encoding="gzip"))

    with pytest.raises(AnswerNotUnderstood, match="larger than 65536 bytes"):
        khalti.lookup(PIDX)


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_an_answer_that_cannot_be_unpacked_is_none(serve, encoding):
    _server, khalti = serve(says(text=b"this is not compressed", Content_Encoding=encoding))

    with pytest.raises(GatewayError):
        khalti.lookup(PIDX)


def test_a_body_that_ends_early_is_none_even_if_it_looks_whole(serve):
    text = json.dumps(GOOD)
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(text) + 40}\r\n\r\n"
    _server, khalti = serve(sends((head + text).encode(), keep=False))

    with pytest.raises(GatewayUnreachable):
        khalti.lookup(PIDX)


def test_a_body_in_chunks_is_read(serve):
    text = json.dumps(GOOD)
    chunks = "".join(f"{len(part):x}\r\n{part}\r\n" for part in (text[:20], text[20:])) + "0\r\n\r\n"
    _server, khalti = serve(sends(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks.encode()))

    assert khalti.lookup(PIDX).status == "Completed"


HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n"


@pytest.mark.parametrize(
    "first", [HINTS, b"HTTP/1.1 102 Processing\r\n\r\n", HINTS * 2, b"HTTP/1.1 100 On\r\n\r\n" + HINTS]
)
def test_an_interim_answer_is_passed_over(serve, first):
    text = json.dumps(GOOD)
    server, khalti = serve(sends(first + f"HTTP/1.1 200 OK\r\nContent-Length: {len(text)}\r\n\r\n{text}".encode()))

    assert [khalti.lookup(PIDX).status for _time in range(2)] == ["Completed"] * 2
    assert (len(server.requests), server.connections) == (2, 1)


def test_interim_answers_without_an_end_are_no_answer(serve):
    _server, khalti = serve(sends(HINTS * 100, keep=False))

    with pytest.raises(GatewayError):
        khalti.lookup(PIDX)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\r\n",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/1.1\r\n\r\n",
        b"HTTP/1.1 twohundred OK\r\n\r\n",
        b"HTTP/1.1 99999999999999999999 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 500 + b"\r\n{}",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{}",
        b"HTTP/1.1 200 OK\r\nX-\xe0\xa4: \xff\r\nno colon here\r\n\r\n{}",
    ],
    ids=lambda raw: repr(raw[:40]),
)
def test_what_is_not_http_is_an_error_of_the_gateway(serve, raw):
    _server, khalti = serve(sends(raw, keep=False))

    with pytest.raises(GatewayError):
        khalti.lookup(PIDX)


def test_silence_is_given_up_in_time(serve):
    _server, khalti = serve(says_nothing, timeout=(1.0, 0.2))
    began = time.monotonic()

    with pytest.raises(GatewayUnreachable, match="ReadTimeout"):
        khalti.initiate(request())

    assert time.monotonic() - began < 1.0


def test_a_dripping_answer_is_given_up_though_no_drop_is_late(serve):
    _server, khalti = serve(drips(every=0.02), timeout=(0.2, 0.3))
    began = time.monotonic()

    with pytest.raises(GatewayUnreachable, match="too slow"):
        khalti.initiate(request())

    assert 0.5 <= time.monotonic() - began < 1.5


@pytest.mark.parametrize("breaks", [hangs_up, resets])
def test_a_break_after_the_request_leaves_the_outcome_unknown(serve, breaks):
    _server, khalti = serve(breaks)

    with pytest.raises(GatewayUnreachable) as raised:
        khalti.initiate(request())

    assert not isinstance(raised.value, ConnectionNeverMade)


@pytest.mark.parametrize("breaks", [hangs_up, resets])
def test_a_break_before_the_request_is_unreachable_too(serve, breaks):
    server, khalti = serve(breaks, reads=False)

    with pytest.raises(GatewayUnreachable):
        khalti.initiate(request())

    # A very quick reset meets a connection that is still being made; only then it is tried once more.
    assert server.connections <= 2


def test_a_refused_connection_was_never_made(closed_port, merchant):
    khalti = KhaltiClient(merchant(closed_port.url))

    with pytest.raises(ConnectionNeverMade):
        khalti.initiate(request())


def test_a_host_without_an_address_was_never_reached(merchant):
    khalti = KhaltiClient(merchant("http://khalti.invalid"))

    with pytest.raises(ConnectionNeverMade):
        khalti.initiate(request())


@pytest.mark.parametrize(
    "address", ["", "khalti.com", "ftp://khalti.com", "http://", "http://[::1", "http://" + "a" * 70 + ".com"]
)
def test_an_address_that_is_none_is_an_error_of_the_gateway(merchant, address):
    khalti = KhaltiClient(merchant(address))

    with pytest.raises(GatewayUnreachable):
        khalti.initiate(request())


def test_connections_are_kept_for_the_next_question(serve):
    server, khalti = serve(says(GOOD))

    for _time in range(5):
        khalti.lookup(PIDX)

    assert (len(server.requests), server.connections) == (5, 1)


@pytest.mark.parametrize(
    ("turn", "error"),
    [
        (says({"detail": "Not found."}, 404), GatewayError),
        (says({"amount": ["no"]}, 400), GatewayError),
        (says({}, 401), GatewayError),
        (says({}, 302, Location="http://elsewhere.example/"), GatewayError),
        (says(text="<html>"), GatewayError),
    ],
)
def test_a_refusal_does_not_cost_the_connection(serve, turn, error):
    server, khalti = serve(turn, says(GOOD))

    with pytest.raises(error):
        khalti.lookup(PIDX)
    khalti.lookup(PIDX)

    assert server.connections == 1


def test_without_keep_alive_each_request_opens_a_connection(serve):
    """The control: the server counts what it accepts."""
    server, khalti = serve(says(GOOD, Connection="close"))

    for _time in range(3):
        khalti.lookup(PIDX)

    assert server.connections == 3


def test_threads_share_the_client(serve):
    server, khalti = serve(says(GOOD))
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(khalti.lookup(PIDX))) for _thread in range(8)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [answer.status for answer in answers] == ["Completed"] * 8
    assert server.connections <= 8


def test_a_netrc_cannot_replace_the_key(serve, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login thief password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    server, khalti = serve(says(GOOD))

    khalti.lookup(PIDX)

    assert server.requests[0].headers["Authorization"] == f"Key {SECRET_KEY}"
    assert requests.utils.get_netrc_auth(server.url) == ("thief", "secret")  # the control: it was there to be used


def test_cookies_are_neither_kept_nor_sent(serve):
    server, khalti = serve(says(GOOD, Set_Cookie="session=somebody; Path=/"))

    khalti.lookup(PIDX)
    khalti.lookup(PIDX)

    assert "Cookie" not in server.requests[1].headers
    assert len(khalti.transport.session.cookies) == 0


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate of 127.0.0.1 that it has signed itself."""
    folder = tmp_path_factory.mktemp("tls")
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    names = ["-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")]
    try:
        subprocess.run([*command, *names, *files], check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("openssl is needed to make a certificate")
    return folder


@pytest.fixture
def tls(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "certificate.pem", certificate / "key.pem")
    return context


def test_a_certificate_that_nobody_vouches_for_is_refused(serve, tls):
    server, khalti = serve(says(GOOD), tls=tls)

    with pytest.raises(GatewayUnreachable, match="SSLError"):
        khalti.lookup(PIDX)

    assert server.requests == []


def test_a_certificate_that_is_trusted_is_accepted(serve, tls, certificate, monkeypatch):
    """The control: nothing else was wrong."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate / "certificate.pem"))
    server, khalti = serve(says(GOOD), tls=tls)

    assert khalti.lookup(PIDX).status == "Completed"
    assert len(server.requests) == 1


def test_a_certificate_of_another_host_is_refused(serve, tls, certificate, monkeypatch, merchant):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate / "certificate.pem"))
    server, _khalti = serve(says(GOOD), tls=tls)
    khalti = KhaltiClient(merchant(server.url.replace("127.0.0.1", "localhost")))

    with pytest.raises(GatewayUnreachable, match="SSLError"):
        khalti.lookup(PIDX)

    assert server.requests == []


class Raises(BaseAdapter):
    """A line that fails in a given way."""

    def __init__(self, error):
        super().__init__()
        self.error = error

    def send(self, *args, **kwargs):
        raise self.error

    def close(self):
        pass


def descendants(error):
    return {error}.union(*(descendants(child) for child in error.__subclasses__()))


FAILURES = descendants(requests.RequestException) | descendants(urllib3.exceptions.HTTPError)


@pytest.mark.parametrize("kind", sorted(FAILURES, key=lambda kind: (kind.__module__, kind.__qualname__)))
def test_whatever_requests_or_urllib3_raise_is_unreachable(merchant, kind):
    khalti = KhaltiClient(merchant())
    khalti.transport.session.mount("http://", Raises(kind.__new__(kind)))

    with pytest.raises(GatewayUnreachable, match=kind.__name__) as raised:
        khalti.initiate(request())

    assert isinstance(raised.value.__context__, kind)
    assert raised.value.__suppress_context__, "its frames hold the key, and error pages show frames"


@pytest.mark.parametrize("kind", [ConnectionResetError, BrokenPipeError, TimeoutError, ssl.SSLError, OSError])
def test_whatever_the_socket_raises_is_unreachable(merchant, kind):
    khalti = KhaltiClient(merchant())
    khalti.transport.session.mount("http://", Raises(kind("broken")))

    with pytest.raises(GatewayUnreachable):
        khalti.initiate(request())
