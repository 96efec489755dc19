"""What the factories make is what the actions lead to, and the doctor finds nothing wrong with it."""

from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.dispatch import receiver
from django.utils import timezone

from wagtail_khalti.actions import (
    check_payment,
    decide_refund,
    record_refund,
    refund_payment,
    start_payment,
)
from wagtail_khalti.actions.keep_days import keep_days
from wagtail_khalti.actions.totals import totals as sums_of
from wagtail_khalti.doctor.ledger import ledger
from wagtail_khalti.doctor.totals import totals
from wagtail_khalti.exceptions import KhaltiError, RequestRejected
from wagtail_khalti.gateway import Customer, client
from wagtail_khalti.models import KhaltiPayment, KhaltiReview
from wagtail_khalti.models.payment import Status
from wagtail_khalti.models.refund import State, Way
from wagtail_khalti.signals import payment_completed
from wagtail_khalti.testing.factories import DeliveryFactory, PaymentFactory, RefundFactory, ReviewFactory

pytestmark = pytest.mark.django_db

Kind = KhaltiReview.Kind
A_YEAR = timedelta(days=365)
STATUSES = {
    "created": Status.CREATED,
    "initiated": Status.INITIATED,
    "refused": Status.FAILED,
    "pending": Status.PENDING,
    "completed": Status.COMPLETED,
    "partially_refunded": Status.PARTIALLY_REFUNDED,
    "refunded": Status.REFUNDED,
    "canceled": Status.CANCELED,
    "expired": Status.EXPIRED,
    "failed": Status.FAILED,
    "late": Status.COMPLETED,
    "duplicate": Status.COMPLETED,
    "untold": Status.COMPLETED,
    "failing": Status.COMPLETED,
}
REFUNDS = ["requested", "sending", "unknown", "succeeded", "refused", "external", "in_doubt", "nameless"]


@pytest.fixture
def all_agrees():
    """Looks at what the test has made."""
    yield
    assert [finding.name for finding in ledger()] == ["agrees"]


@pytest.mark.parametrize("at", [None, A_YEAR])
@pytest.mark.parametrize(("trait", "status"), STATUSES.items())
def test_a_payment_of_each_trait_agrees_with_itself(all_agrees, trait, status, at):
    payment = PaymentFactory(**{trait: True}, at=at and timezone.now() - at)

    assert KhaltiPayment.objects.get(pk=payment.pk).status == status


@pytest.mark.parametrize("trait", REFUNDS)
def test_a_refund_of_each_trait_agrees_with_its_payment(all_agrees, trait):
    refund = RefundFactory(**{trait: True})

    assert refund.state == {"in_doubt": "unknown", "nameless": "external"}.get(trait, trait)


@pytest.mark.parametrize("way", [Way.CASH, Way.BANK_TRANSFER, Way.DASHBOARD])
def test_a_refund_made_elsewhere_agrees(all_agrees, way):
    payment = PaymentFactory(completed=True)

    refund = RefundFactory(external=True, way=way, payment=payment, amount=payment.amount)

    assert (refund.way, refund.remaining) == (way, 0)


@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize("kind", Kind)
def test_a_matter_of_each_kind_agrees(all_agrees, kind, closed):
    review = ReviewFactory(kind=kind, closed=closed)

    assert (review.kind, review.is_open) == (kind, None if closed else True)


@pytest.mark.parametrize("fate", ["delivered", "pending", "failing"])
@pytest.mark.parametrize("trait", ["completed", "canceled", "refunded"])
def test_news_of_each_fate_agrees(all_agrees, trait, fate):
    traits = {} if fate == "delivered" else {fate: True}

    news = DeliveryFactory(**{f"payment__{trait}": True}, **traits)

    assert (news.delivered_at is not None) == (fate == "delivered")


class Made:
    """The real thing: by the actions, with what Khalti is made to say."""

    def __init__(self, khalti):
        self.khalti = khalti

    def initiated(self, **more):
        customer = Customer(name="Sita Rai", email="sita.rai@example.com", phone="9800000001")
        return start_payment(150_000, purpose="Membership", base_url="http://testserver", customer=customer, **more)

    def after(self, *verbs, **more):
        payment = self.initiated(**more)
        for verb in verbs:
            getattr(self.khalti, verb)(payment)
            check_payment(payment)
        return payment

    def refunded(self, payment, amount=None, **more):
        refund_payment(payment, amount, **more)
        return payment

    def created(self):
        self.khalti.trouble("initiate", "reset_before")
        with pytest.raises(KhaltiError):
            self.initiated()
        return KhaltiPayment.objects.latest("pk")

    def refused(self):
        self.khalti.answer("initiate", {"amount": ["Too small."]}, status=400)
        with pytest.raises(RequestRejected):
            self.initiated()
        return KhaltiPayment.objects.latest("pk")

    def failing(self, verb="pay"):
        @receiver(payment_completed)
        def break_down(**about):
            raise LookupError

        payment = self.after(verb)
        for _try in range(2):
            payment.deliveries.update(next_try_at=timezone.now())
            check_payment(payment)
        return payment


def history(payment):
    """What is stored of it, without names and moments of its own."""
    payment.refresh_from_db()
    return {
        "payment": {name: _likeness(payment, name) for name in _columns(payment)},
        "events": [(event.kind, event.actor, event.user_id, shape(event.data)) for event in payment.events.order_by("pk")],
        "refunds": [{name: _likeness(refund, name) for name in _columns(refund)} for refund in payment.refunds.all()],
        "reviews": sorted(
            [{name: _likeness(review, name) for name in _columns(review)} for review in payment.reviews.all()], key=str
        ),
        "deliveries": [{name: _likeness(news, name) for name in _columns(news)} for news in payment.deliveries.all()],
    }


UNLIKE = {"id", "reference", "payment", "purchase_order_id", "payable_id", "offer", "error", "answer", "reason"}


def _columns(row):
    return [field.name for field in row._meta.concrete_fields if field.name not in UNLIKE]


def _likeness(row, name):
    value = getattr(row, row._meta.get_field(name).attname)
    if name in NAMES or isinstance(value, datetime):
        return value is not None and value != ""
    return shape(value) if isinstance(value, dict) else value


NAMES = {"pidx", "transaction_id", "payment_url", "return_url", "refund", "review", "duplicate_of", "payable_type"}


def shape(data):
    """Which facts, and those of them that are not of this payment alone."""
    alike = {"from", "to", "late", "status", "amount", "total_amount", "way", "word", "refunded", "review", "was", "news"}
    return {name: value if name in alike else ... for name, value in data.items()}
