"""Asking again: a lookup a few times, initiate only where nothing was ever sent."""

import socket

import pytest
import urllib3

from tests.gateway.server import hangs_up, resets, says, says_nothing
from tests.gateway.test_initiate import GOOD as INITIATED
from tests.gateway.test_initiate import request
from tests.gateway.test_lookup import GOOD, PIDX
from wagtail_khalti.exceptions import ConnectionNeverMade, GatewayError, GatewayUnreachable
from wagtail_khalti.gateway import KhaltiClient, client


@pytest.mark.parametrize("trouble", [says({}, 503), says({}, 500), hangs_up, resets])
def test_a_lookup_is_asked_again_after_a_quick_failure(serve, trouble):
    server, khalti = serve(trouble, trouble, says(GOOD))

    assert khalti.lookup(PIDX).status == "Completed"
    assert len(server.requests) == 3


@pytest.mark.parametrize("trouble", [says({}, 503), hangs_up])
def test_a_lookup_is_asked_three_times_and_no_more(serve, trouble):
    server, khalti = serve(trouble)

    with pytest.raises(GatewayUnreachable):
        khalti.lookup(PIDX)

    assert len(server.requests) == 3


@pytest.mark.parametrize("answer", [says({}, 503, Retry_After="30"), says({}, 429, Retry_After="30"), says({}, 429)])
def test_a_lookup_is_not_asked_again_where_khalti_wants_a_pause(serve, answer):
    server, khalti = serve(answer)

    with pytest.raises(GatewayUnreachable):
        khalti.lookup(PIDX)

    assert len(server.requests) == 1


def test_a_lookup_is_not_asked_again_after_a_slow_failure(serve):
    server, khalti = serve(says_nothing, timeout=(0.2, 0.2))

    with pytest.raises(GatewayUnreachable):
        khalti.lookup(PIDX)

    assert len(server.requests) == 1


def test_a_lookup_is_not_retried_if_the_pause_would_be_too_long(serve, monkeypatch):
    monkeypatch.setattr(client, "PAUSE", 60.0)
    server, khalti = serve(says({}, 503))

    with pytest.raises(GatewayUnreachable):
        khalti.lookup(PIDX)

    assert len(server.requests) == 1


@pytest.mark.parametrize("refusal", [says({}, 401), says({}, 403), says({"detail": "Not found."}, 404), says(text="<")])
def test_a_lookup_that_was_answered_is_not_asked_again(serve, refusal):
    server, khalti = serve(refusal)

    with pytest.raises(GatewayError):
        khalti.lookup(PIDX)

    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "trouble",
    [
        says({}, 500),
        says({}, 503),
        says({}, 429),
        says({}, 401),
        says({"amount": ["no"]}, 400),
        says(text="<html>"),
        hangs_up,
        resets,
        says_nothing,
    ],
)
def test_initiate_is_sent_once_where_khalti_may_have_heard_it(serve, trouble):
    server, khalti = serve(trouble)

    with pytest.raises(GatewayError):
        khalti.initiate(request())

    assert (server.connections, len(server.requests)) == (1, 1)


@pytest.mark.parametrize("breaks", [hangs_up, resets])
def test_initiate_is_not_resent_on_a_kept_connection_that_breaks(serve, breaks):
    server, khalti = serve(says(GOOD), breaks)
    khalti.lookup(PIDX)

    with pytest.raises(GatewayUnreachable):
        khalti.initiate(request())

    assert len(server.requests) == 2


def test_initiate_is_sent_again_where_no_connection_was_made(serve, refuse_connections):
    server, khalti = serve(says(INITIATED))
    refuse_connections(1)

    assert khalti.initiate(request()).pidx == INITIATED["pidx"]
    assert (server.connections, len(server.requests)) == (1, 1)


def test_initiate_is_tried_twice_and_no_more(serve, refuse_connections):
    server, khalti = serve(says(INITIATED))
    attempts = refuse_connections(2)

    with pytest.raises(ConnectionNeverMade):
        khalti.initiate(request())

    assert (len(attempts), server.connections) == (2, 0)


def test_a_lookup_is_asked_again_where_no_connection_was_made(serve, refuse_connections):
    server, khalti = serve(says(GOOD))
    refuse_connections(2)

    assert khalti.lookup(PIDX).status == "Completed"
    assert len(server.requests) == 1


def test_nothing_is_sent_without_a_key(serve, merchant):
    server, _khalti = serve(says(GOOD))
    khalti = KhaltiClient(merchant(server.url, secret_key=""))

    with pytest.raises(GatewayError, match="key"):
        khalti.lookup(PIDX)
    with pytest.raises(GatewayError, match="key"):
        khalti.initiate(request())

    assert server.connections == 0


@pytest.fixture
def refuse_connections(monkeypatch, closed_port):
    """The next so many attempts to connect meet a closed port; the rest go where they should."""
    genuine = urllib3.util.connection.create_connection

    def refuse(times):
        attempts = []

        def create_connection(address, *args, **kwargs):
            attempts.append(address)
            return genuine(closed_port.address if len(attempts) <= times else address, *args, **kwargs)

        monkeypatch.setattr(urllib3.util.connection, "create_connection", create_connection)
        return attempts

    return refuse


def test_a_closed_port_refuses(closed_port):
    """The control: the port that the tests take for a closed one is closed."""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(closed_port.address)
