"""What the tests of the verbs share."""

from contextlib import ExitStack, contextmanager

import pytest

from wagtail_khalti import signals
from wagtail_khalti.gateway import Lookup, client

SIGNALS = {
    "completed": signals.payment_completed,
    "refunded": signals.payment_refunded,
    "ended": signals.payment_ended,
    "needs_attention": signals.payment_needs_attention,
}


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    """Between two tries we wait for Khalti's sake, not for the test's."""
    monkeypatch.setattr(client, "PAUSE", 0.0)


@contextmanager
def listening(news, receiver):
    """The site's code hears this kind of news."""
    SIGNALS[news].connect(receiver, weak=False)
    try:
        yield
    finally:
        SIGNALS[news].disconnect(receiver)


@pytest.fixture
def on():
    """``on("completed", receiver)`` until the end of the test."""
    with ExitStack() as stack:
        yield lambda news, receiver: stack.enter_context(listening(news, receiver))


@pytest.fixture
def heard(on):
    """What the site heard, in order."""
    stories = []
    for news in SIGNALS:
        on(news, lambda *, payment, _news=news, **kwargs: stories.append((_news, payment.reference)))
    return stories


def answer(payment, status="Completed", **changes):
    """What a lookup of this payment could say."""
    truth = {"pidx": payment.pidx, "total_amount": payment.amount, "status": status, "transaction_id": "T1", "fee": 0}
    return Lookup.from_json({**truth, **changes})


def kinds(payment):
    """The history in one word each."""
    return list(payment.events.order_by("pk").values_list("kind", flat=True))


def news(payment):
    """What the site has to hear."""
    return list(payment.deliveries.order_by("pk").values_list("news", flat=True))
