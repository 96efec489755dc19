"""Events, deliveries and reviews."""

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from wagtail_khalti.models import KhaltiDelivery, KhaltiEvent, KhaltiIssue, KhaltiPayment

pytestmark = [pytest.mark.every_database, pytest.mark.django_db]


@pytest.fixture
def payment(db):
    return KhaltiPayment.objects.create(amount=150_000, purpose="Membership")


@pytest.fixture
def issue(payment):
    def make(**changes):
        return KhaltiIssue.objects.create(**{"payment": payment, "kind": "amount_mismatch", **changes})

    return make


def test_an_event_is_of_now_and_the_system_by_default(payment):
    before = timezone.now()

    event = KhaltiEvent.about(payment, KhaltiEvent.Kind.CREATED)
    event.save()

    event.refresh_from_db()
    assert before <= event.at <= timezone.now()
    assert (event.actor, event.user, event.data) == ("system", None, {})


def test_an_event_of_a_person_is_of_the_staff(payment):
    cashier = get_user_model().objects.create_user("cashier")

    event = KhaltiEvent.about(payment, KhaltiEvent.Kind.LOOKED_UP, actor=KhaltiEvent.Actor.VISITOR, by=cashier)

    assert (event.actor, event.user) == ("staff", cashier)


def test_the_history_outlives_the_person(payment):
    cashier = get_user_model().objects.create_user("cashier")
    event = KhaltiEvent.about(payment, KhaltiEvent.Kind.LOOKED_UP, by=cashier)
    event.save()

    cashier.delete()

    event.refresh_from_db()
    assert (event.actor, event.user) == ("staff", None)


def test_the_history_is_never_changed(payment):
    event = KhaltiEvent.about(payment, KhaltiEvent.Kind.CREATED)
    event.save()
    event.kind = KhaltiEvent.Kind.STATUS_CHANGED

    for change in (
        event.save,
        KhaltiEvent.objects.get().save,
        event.delete,
        payment.events.all().delete,
        lambda: payment.events.update(kind="status_changed"),
    ):
        with pytest.raises(TypeError, match="timeline of a payment is never"):
            change()

    assert payment.events.get().kind == "created"


def test_the_history_is_told_from_the_beginning(payment):
    for kind in ("created", "initiate_sent", "initiated"):
        KhaltiEvent.about(payment, kind).save()

    assert list(payment.events.values_list("kind", flat=True)) == ["created", "initiate_sent", "initiated"]


@pytest.mark.parametrize("make", [
    lambda payment: KhaltiEvent.about(payment, KhaltiEvent.Kind.CREATED).save(),
    lambda payment: KhaltiDelivery.objects.create(payment=payment, event_type="completed"),
    lambda payment: KhaltiIssue.objects.create(payment=payment, kind="pidx_mismatch"),
])  # fmt: skip
def test_a_payment_with_a_history_cannot_be_deleted(payment, make):
    make(payment)

    with pytest.raises(ProtectedError):
        payment.delete()


def test_one_review_of_a_kind_is_open_at_a_time(issue):
    issue()

    with pytest.raises(IntegrityError), transaction.atomic():
        issue()


def test_issues_of_other_kinds_and_payments_may_be_open_too(issue):
    other = KhaltiPayment.objects.create(amount=1_000, purchase_order_id="other")

    issue()
    issue(kind="pidx_mismatch")
    issue(payment=other)

    assert KhaltiIssue.objects.open().count() == 3


def test_closed_reviews_of_a_kind_may_be_many(issue):
    for _time in range(3):
        issue(is_open=None, resolved_at=timezone.now())
    issue()

    assert KhaltiIssue.objects.count() == 4
    assert KhaltiIssue.objects.open().count() == 1


@pytest.mark.parametrize("row", [
    KhaltiIssue(kind="pidx_mismatch"), KhaltiDelivery(event_type="completed"),
    KhaltiEvent(kind="status_changed", at=timezone.now()),
])  # fmt: skip
def test_each_says_what_it_is(payment, row):
    row.payment = payment

    assert str(row)
    assert "object (" not in str(row)
