"""What an error tracker sees of a request in whose middle the worker is stopped, with the variables of all frames."""

import json
from http import client as http_client

import pytest
from sentry_sdk.serializer import serialize
from sentry_sdk.utils import current_stacktrace, event_from_exception
from urllib3.util import connection

from tests.gateway.conftest import SECRET_KEY
from tests.gateway.server import says
from tests.gateway.test_lookup import GOOD, PIDX

OPTIONS = {"include_local_variables": True, "include_source_context": True, "max_value_length": 10_000}
STAGES = {
    "while it waits for the answer": (http_client.HTTPConnection, "getresponse"),
    "while it sends": (http_client.HTTPConnection, "send"),
    "while it connects": (connection, "create_connection"),
}


class Stopped(SystemExit):
    """As gunicorn's, when a worker takes too long."""


@pytest.mark.parametrize(("owner", "name"), STAGES.values(), ids=STAGES)
def test_a_stopped_worker_shows_no_key(serve, monkeypatch, owner, name):
    khalti = serve(says(GOOD))[1]  # the server is no variable here, since it shows what it was sent

    def stop(*_args, **_options):
        raise Stopped

    monkeypatch.setattr(owner, name, stop)
    with pytest.raises(Stopped) as raised:
        khalti.lookup(PIDX)

    event, _hint = event_from_exception(raised.value, OPTIONS)
    seen = json.dumps(serialize(event))
    assert PIDX in seen, "the control: variables are in it"
    assert SECRET_KEY not in seen


def test_a_stack_that_is_looked_at_while_it_waits_shows_no_key(serve, monkeypatch):
    khalti = serve(says(GOOD))[1]  # the server is no variable here, since it shows what it was sent
    stacks = []
    getresponse = http_client.HTTPConnection.getresponse

    def watched(line):
        stacks.append(current_stacktrace(include_local_variables=True))
        return getresponse(line)

    monkeypatch.setattr(http_client.HTTPConnection, "getresponse", watched)
    khalti.lookup(PIDX)

    seen = json.dumps(serialize({"threads": {"values": [{"stacktrace": stacks[0]}]}}))
    assert "Authorization" in seen, "the control: the headers are in it"
    assert SECRET_KEY not in seen
