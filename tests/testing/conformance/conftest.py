"""A site with the receivers of one test, and no others."""

from contextlib import ExitStack

import pytest

from tests.payments import SIGNALS, listening
from tests.shop.models import Order
from wagtail_khalti.gateway import client
from wagtail_khalti.testing.conformance import DoesNotConform, ReceiverConformance


class Shop(ReceiverConformance):
    def make_payable(self):
        return Order.objects.create()


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    monkeypatch.setattr(client, "PAUSE", 0.0)


@pytest.fixture
def site():
    """``site(completed=receiver)`` until the end of the test."""
    with ExitStack() as stack:

        def connect(**receivers):
            for event_type, receiver in receivers.items():
                stack.enter_context(listening(event_type, receiver))

        assert not any(signal.receivers for signal in SIGNALS.values()), "another test left its receivers"
        yield connect


@pytest.fixture
def trace_of(db):
    """What the check with this name says about the site."""

    def run(check, suite=Shop):
        with pytest.raises(DoesNotConform) as raised:
            getattr(suite(), f"test_{check}")()
        return str(raised.value)

    return run


@pytest.fixture
def failing(db):
    """The names of the checks that fail, or are skipped."""

    def run(suite=Shop):
        failed = set()
        for name in vars_of(suite):
            try:
                getattr(suite(), name)()
            except DoesNotConform:
                failed.add(name.removeprefix("test_"))
        return failed

    return run


def vars_of(suite):
    return [name for name in dir(suite) if name.startswith("test_")]
