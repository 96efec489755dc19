"""What the factories make is what the actions lead to, and the doctor finds nothing wrong with it."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone
from wagtail.models import Site

from wagtail_khalti.doctor.ledger import ledger
from wagtail_khalti.doctor.totals import totals
from wagtail_khalti.models import KhaltiEvent, KhaltiIssue, KhaltiPayment
from wagtail_khalti.models.refund import Method
from wagtail_khalti.models.status import Status
from wagtail_khalti.reporting.snapshots import save_snapshots
from wagtail_khalti.reporting.totals import totals as sums_of
from wagtail_khalti.testing.factories import DeliveryFactory, IssueFactory, PaymentFactory, RefundFactory

pytestmark = pytest.mark.django_db

Kind = KhaltiIssue.Kind
A_YEAR = timedelta(days=365)
STATUSES = {
    "created": Status.CREATED,
    "initiated": Status.INITIATED,
    "rejected": Status.FAILED,
    "pending": Status.PENDING,
    "completed": Status.COMPLETED,
    "partially_refunded": Status.PARTIALLY_REFUNDED,
    "refunded": Status.REFUNDED,
    "canceled": Status.CANCELED,
    "expired": Status.EXPIRED,
    "failed": Status.FAILED,
    "late": Status.COMPLETED,
    "duplicate": Status.COMPLETED,
    "undelivered": Status.COMPLETED,
    "failing": Status.COMPLETED,
}
REFUNDS = ["requested", "processing", "lost", "succeeded", "failed", "external", "unconfirmed", "nameless"]


@pytest.fixture
def all_agrees():
    """Looks at what the test has made."""
    yield
    assert [finding.name for finding in ledger()] == ["consistent"]


@pytest.mark.parametrize("at", [None, A_YEAR])
@pytest.mark.parametrize(("trait", "status"), STATUSES.items())
def test_a_payment_of_each_trait_agrees_with_itself(all_agrees, trait, status, at):
    payment = PaymentFactory(**{trait: True}, at=at and timezone.now() - at)

    assert KhaltiPayment.objects.get(pk=payment.pk).status == status


@pytest.mark.parametrize("trait", REFUNDS)
def test_a_refund_of_each_trait_agrees_with_its_payment(all_agrees, trait):
    refund = RefundFactory(**{trait: True})

    assert refund.state == {"lost": "unconfirmed", "nameless": "external"}.get(trait, trait)


@pytest.mark.parametrize("method", [Method.CASH, Method.BANK_TRANSFER, Method.DASHBOARD])
def test_a_refund_made_elsewhere_agrees(all_agrees, method):
    payment = PaymentFactory(completed=True)

    refund = RefundFactory(external=True, method=method, payment=payment, amount=payment.amount)

    assert (refund.method, refund.refundable) == (method, 0)


@pytest.mark.parametrize("resolved", [False, True])
@pytest.mark.parametrize("kind", Kind)
def test_a_matter_of_each_kind_agrees(all_agrees, kind, resolved):
    issue = IssueFactory(kind=kind, resolved=resolved)

    assert (issue.kind, issue.is_open) == (kind, None if resolved else True)


@pytest.mark.parametrize("fate", ["delivered", "pending", "failing"])
@pytest.mark.parametrize("trait", ["completed", "canceled", "refunded"])
def test_news_of_each_fate_agrees(all_agrees, trait, fate):
    traits = {} if fate == "delivered" else {fate: True}

    event_type = DeliveryFactory(**{f"payment__{trait}": True}, **traits)

    assert (event_type.delivered_at is not None) == (fate == "delivered")


def test_the_history_is_laid_around_its_moment():
    at = timezone.now() - timedelta(days=10)

    payment = PaymentFactory(completed=True, at=at, took=timedelta(minutes=9))

    stored = KhaltiPayment.objects.get(pk=payment.pk)
    assert (stored.created_at, stored.completed_at) == (at, at + timedelta(minutes=9))
    assert stored.deliveries.get().delivered_at == stored.completed_at
    # Asked a day and a week later, as reconcile does; next when a month has passed.
    looks = stored.events.filter(kind=KhaltiEvent.Kind.LOOKED_UP)
    moments = [(look.at, look.last_at) for look in looks]
    day, week = stored.completed_at + timedelta(days=1), stored.completed_at + timedelta(days=7)
    assert moments == [(stored.completed_at, None), (day, week)]
    assert stored.next_check_at == stored.completed_at + timedelta(days=30)


@pytest.mark.parametrize("trait", STATUSES)
def test_nothing_happens_later_than_now(trait):
    payment = PaymentFactory(**{trait: True})

    assert max(event.at for event in payment.events.all()) <= timezone.now()


def test_a_test_says_what_matters_to_it(all_agrees):
    site, person = Site.objects.get(), get_user_model().objects.create(username="gita")

    payment = PaymentFactory(
        partially_refunded=True, amount=90_000, refund_amount=10_000, fee=900, site=site, payable=site, source=site,
        mode="live", merchant="books", purpose="Books", customer_name="Gita", pidx="mine", transaction_id="T-1",
        by=person,
    )  # fmt: skip

    stored = KhaltiPayment.objects.get(pk=payment.pk)
    assert (stored.amount, stored.refund_total, stored.fee) == (90_000, 10_000, 900)
    assert (stored.site, stored.payable, stored.source, stored.is_primary) == (site, site, site, True)
    assert (stored.mode, stored.merchant, stored.purpose) == ("live", "books", "Books")
    assert (stored.pidx, stored.transaction_id) == ("mine", "T-1")
    assert stored.refunds.get().requested_by == person


def test_a_column_that_is_given_is_stored_as_it_is_given():
    moment = timezone.now() - timedelta(hours=3)

    payment = PaymentFactory(completed=True, next_check_at=moment, transaction_id="")

    stored = KhaltiPayment.objects.get(pk=payment.pk)
    assert (stored.next_check_at, stored.transaction_id) == (moment, "")


def test_what_was_sold_before_is_a_second_payment(all_agrees):
    site = Site.objects.get()
    first, second = (PaymentFactory(completed=True, payable=site) for _each in range(2))

    assert (second.duplicate_of, second.is_primary) == (first, None)
    assert second.issues.get().kind == Kind.DUPLICATE_PAYMENT


def test_of_two_things_that_are_paid_twice_each_is_sold_once(all_agrees):
    payments = [PaymentFactory(duplicate=True) for _each in range(2)]

    assert payments[0].duplicate_of != payments[1].duplicate_of


def test_a_refund_follows_others_of_its_payment(all_agrees):
    payment = PaymentFactory(partially_refunded=True, amount=90_000, refund_amount=50_000)

    refund = RefundFactory(payment=payment, amount=40_000)

    assert KhaltiPayment.objects.get(pk=payment.pk).status == Status.REFUNDED
    assert refund.refundable == 0


def test_kept_totals_are_those_of_what_is_made_afterwards():
    at = timezone.now() - timedelta(days=5)
    PaymentFactory(completed=True, at=at)
    day = timezone.localdate(at)
    assert save_snapshots([day]) == {day}
    for trait in STATUSES:
        PaymentFactory(**{trait: True}, at=at)
    for trait in REFUNDS:
        RefundFactory(**{trait: True}, payment__at=at)

    assert [finding.name for finding in totals()] == ["totals_agree"]
    assert sums_of(day, day, mode="simulator").all.started == 1 + len(STATUSES) + 1 + len(REFUNDS)


def test_no_two_references_begin_alike():
    beginnings = {PaymentFactory.build().reference[:8] for _each in range(500)}

    assert len(beginnings) == 500


def test_a_row_can_be_built_without_a_history():
    payment = PaymentFactory.build(completed=True, at=timezone.now() - timedelta(days=2))

    assert (payment.pk, payment.status, payment.is_paid) == (None, Status.COMPLETED, True)
    assert not KhaltiEvent.objects.exists()


@pytest.mark.parametrize("factory", [RefundFactory, IssueFactory, DeliveryFactory])
def test_what_belongs_to_a_history_is_never_only_built(factory):
    with pytest.raises(TypeError, match="stored"):
        factory.build()


def test_there_is_no_news_of_a_payment_that_waits():
    with pytest.raises(ValueError, match="has no event"):
        DeliveryFactory(payment__initiated=True)
