"""Endpoints are spoken to only if their certificates are good."""

import pytest

from tests.gateway.server import Server, says
from tests.gateway.test_transport import certificate, tls  # noqa: F401 - fixtures
from tests.webhooks.conftest import only
from wagtail_khalti.webhooks import send_webhooks

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(tls, configure):  # noqa: F811
    with Server([says()], tls=tls) as server:
        configure(crm=server.url)
        yield server


def test_a_certificate_that_nobody_vouches_for_is_refused(server, make_paid):
    make_paid()

    assert send_webhooks() == 0
    assert (only().last_error, server.requests) == ("SSLError", [])


def test_a_certificate_that_is_trusted_is_accepted(server, make_paid, certificate, monkeypatch):  # noqa: F811
    """The control: nothing else was wrong."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate / "certificate.pem"))
    make_paid()
    make_paid()

    assert send_webhooks() == 2
    assert server.connections == 1
