"""What the tests of the verbs share."""

from contextlib import ExitStack, contextmanager
from datetime import timedelta

import pytest
from django.utils import timezone

from wagtail_khalti import signals
from wagtail_khalti.actions import start_payment
from wagtail_khalti.gateway import Lookup, client
from wagtail_khalti.models import KhaltiDelivery, KhaltiPayment

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


@pytest.fixture
def make_payment(khalti):
    """A payment of Rs 1,500 that waits for its visitor at Khalti. Needs no page of Wagtail's."""

    def make(purpose="Membership", **options):
        return start_payment(150_000, purpose=purpose, base_url="http://testserver", **options)

    return make


@pytest.fixture
def payment(make_payment):
    return make_payment()


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


def matters(payment):
    """What is open for a person, the oldest first."""
    return list(payment.reviews.open().order_by("pk").values_list("kind", flat=True))


def make_due(**which):
    """Khalti is to be asked about these payments now."""
    KhaltiPayment.objects.filter(**which).update(next_check_at=timezone.now() - timedelta(seconds=1))


def end_the_pause(**which):
    """What failed is to be tried again now."""
    waiting = KhaltiDelivery.objects.undelivered().filter(**which)
    waiting.update(next_try_at=timezone.now() - timedelta(seconds=1))


def news(payment):
    """What the site has to hear."""
    return list(payment.deliveries.order_by("pk").values_list("news", flat=True))
