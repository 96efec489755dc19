"""A site with the receivers of one test, and no others."""

from contextlib import ExitStack, suppress
from unittest import SkipTest

import pytest

from tests.payments import SIGNALS, listening
from tests.shop.models import Order
from wagtail_khalti.gateway import client
from wagtail_khalti.testing.conformance import RULES, DoesNotConform, ReceiverConformance


class Shop(ReceiverConformance):
    max_seconds = 0.5

    def make_payable(self):
        return Order.objects.create()


CHECKS = [name for name in RULES if hasattr(Shop, f"test_{name}")]


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    monkeypatch.setattr(client, "PAUSE", 0.0)


@pytest.fixture
def site(db):
    """``site(completed=receiver)`` until the end of the test."""
    with ExitStack() as stack:

        def connect(**receivers):
            for event_type, receiver in receivers.items():
                stack.enter_context(listening(event_type, receiver))

        assert not any(signal.receivers for signal in SIGNALS.values()), "another test left its receivers"
        yield connect


def trace_of(check, suite=Shop):
    """What the check with this name says about the site; empty if it passes. May raise ``SkipTest``."""
    try:
        getattr(suite(), f"test_{check}")()
    except DoesNotConform as error:
        return str(error)
    return ""


def failing(suite=Shop, checks=CHECKS):
    """The names of the checks that fail."""
    failed = set()
    for check in checks:
        with suppress(SkipTest):
            failed |= {check} if trace_of(check, suite) else set()
    return failed
