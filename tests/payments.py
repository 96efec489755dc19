"""What the tests of actions and of their records share: fixtures, and helpers imported by name."""

import json
from contextlib import ExitStack, contextmanager
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.utils import timezone

from wagtail_khalti import signals
from wagtail_khalti.actions import check_payment, start_payment
from wagtail_khalti.conf import configuration
from wagtail_khalti.gateway import Lookup, client, connect
from wagtail_khalti.models import KhaltiDelivery, KhaltiPayment
from wagtail_khalti.testing.in_process import InProcessAdapter

__all__ = [  # the fixtures, for a conftest.py to take; all else is imported by name
    "books",
    "cashier",
    "completed",
    "heard",
    "line",
    "make_payment",
    "manager",
    "no_pauses",
    "on",
    "payment",
    "receiver",
]

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


@pytest.fixture
def completed(khalti, payment):
    """Paid, as Khalti confirmed."""
    khalti.pay(payment)
    return check_payment(payment)


@pytest.fixture
def manager(db):
    """May give money back."""
    manager = get_user_model().objects.create_user("manager")
    manager.user_permissions.add(Permission.objects.get(codename="refund_khaltipayment"))
    return get_user_model().objects.get(pk=manager.pk)


@pytest.fixture
def cashier(db):
    """May not."""
    return get_user_model().objects.create_user("cashier")


class Line(InProcessAdapter):
    """The line to Khalti: what goes over it, and what happens just before and just after."""

    def __init__(self):
        self.sent = []
        self.before, self.after = {}, {}

    def send(self, request, *args, **kwargs):
        endpoint = "refund" if "/refund/" in request.url else "lookup"
        body = json.loads(request.body)
        if act := self.before.pop(endpoint, None):
            act()
        self.sent.append((endpoint, request.url, body))
        answer = super().send(request, *args, **kwargs)
        if act := self.after.pop(endpoint, None):
            act()
        return answer

    @property
    def refunds(self):
        """What Khalti was asked to give back, in its words."""
        return [body for endpoint, _url, body in self.sent if endpoint == "refund"]


@pytest.fixture
def line(khalti):
    """``line.before["refund"]`` happens once, before the next such request goes out; if it raises, none does."""
    line = Line()
    connect(configuration().merchant()).transport.session.mount("http://khalti.test/", line)
    return line


@pytest.fixture
def books(khalti):
    """At the end of the test each sum is what its refunds add up to, and what is undecided is known to be."""
    yield
    for payment in KhaltiPayment.objects.all():
        refunds = list(payment.refunds.all())
        assert payment.refund_total == sum(refund.amount or 0 for refund in refunds if refund.state != "failed")
        assert 0 <= payment.refund_total <= payment.amount
        assert (payment.refunding_since is not None) == any(refund.is_in_progress for refund in refunds)
        done = [refund for refund in refunds if refund.is_done and refund.amount]
        told = payment.deliveries.filter(event_type="refunded")
        is_told = payment.duplicate_of_id is None
        assert sorted(told.values_list("refund", flat=True)) == sorted(refund.pk for refund in done) * is_told


@contextmanager
def listening(event_type, receiver):
    """The site's code hears this type of event."""
    SIGNALS[event_type].connect(receiver, weak=False)
    try:
        yield
    finally:
        SIGNALS[event_type].disconnect(receiver)


@pytest.fixture
def on():
    """``on("completed", receiver)`` until the end of the test."""
    with ExitStack() as stack:
        yield lambda event_type, receiver: stack.enter_context(listening(event_type, receiver))


@pytest.fixture
def heard(on):
    """What the site heard, in order."""
    told = []
    for event_type in SIGNALS:
        on(
            event_type,
            lambda *, payment, _event_type=event_type, **kwargs: told.append((_event_type, payment.reference)),
        )
    return told


class Receiver:
    """The site's code, which fails as long as it is broken."""

    def __init__(self):
        self.is_broken = True
        self.calls = 0

    def __call__(self, **kwargs):
        self.calls += 1
        if self.is_broken:
            raise LookupError("no stock")


@pytest.fixture
def receiver(on):
    """Hears of what was paid, and fails on it."""
    receiver = Receiver()
    on("completed", receiver)
    return receiver


def answer(payment, status="Completed", **changes):
    """What a lookup of this payment could say."""
    truth = {"pidx": payment.pidx, "total_amount": payment.amount, "status": status, "transaction_id": "T1", "fee": 0}
    return Lookup.from_json({**truth, **changes})


def kinds(payment):
    """The history in one word each."""
    return list(payment.events.order_by("pk").values_list("kind", flat=True))


def issues(payment):
    """What is open for a person, the oldest first."""
    return list(payment.issues.open().order_by("pk").values_list("kind", flat=True))


def make_due(**which):
    """Khalti is to be asked about these payments now."""
    KhaltiPayment.objects.filter(**which).update(next_check_at=timezone.now() - timedelta(seconds=1), leased_until=None)


def end_the_pause(**which):
    """What failed is to be tried again now."""
    waiting = KhaltiDelivery.objects.undelivered().filter(**which)
    waiting.update(next_try_at=timezone.now() - timedelta(seconds=1))


def event_types(payment):
    """What the site is told, the oldest first."""
    return list(payment.deliveries.order_by("pk").values_list("event_type", flat=True))
