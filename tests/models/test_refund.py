"""What a refund remembers, and what the database itself insists on."""

import pytest
from django.db import IntegrityError, models, transaction
from django.db.models import F
from django.utils import timezone, translation

from wagtail_khalti.models import KhaltiDelivery, KhaltiPayment, KhaltiRefund
from wagtail_khalti.models.references import new_reference
from wagtail_khalti.models.refund import AT_KHALTI, DONE, IN_PROGRESS, Method, State

pytestmark = [pytest.mark.every_database, pytest.mark.django_db]


@pytest.fixture
def paid(db):
    return KhaltiPayment.objects.create(amount=150_000, status="completed", purchase_order_id=new_reference())


@pytest.fixture
def make(paid):
    def make(**changes):
        return KhaltiRefund.objects.create(**{"payment": paid, "amount": 50_000, **changes})

    return make


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("amount", 0),
        ("amount", -1),
        ("amount", -150_000),
        ("amount", None),
        ("refundable", -1),
        ("state", "sent"),
        ("state", ""),
        ("method", "cheque"),
        ("method", ""),
    ],
)
def test_the_database_refuses_what_makes_no_sense(make, column, value):
    refund = make()

    with pytest.raises(IntegrityError), transaction.atomic():
        make(**{column: value})
    with pytest.raises(IntegrityError), transaction.atomic():
        KhaltiRefund.objects.filter(pk=refund.pk).update(**{column: value})


@pytest.mark.parametrize("state", sorted(set(State) - {State.EXTERNAL}))
def test_only_a_refund_made_elsewhere_may_lack_its_amount(make, state):
    assert make(state=State.EXTERNAL, method=Method.DASHBOARD, amount=None).amount is None

    with pytest.raises(IntegrityError), transaction.atomic():
        make(state=state, amount=None)


@pytest.mark.parametrize("amount", [0, -1])
def test_nor_is_it_less_than_one_paisa(make, amount):
    with pytest.raises(IntegrityError), transaction.atomic():
        make(state=State.EXTERNAL, amount=amount)


@pytest.mark.parametrize("total", [-1, 150_001, 10**15])
def test_the_database_refuses_to_give_back_what_was_not_paid(paid, total):
    with pytest.raises(IntegrityError), transaction.atomic():
        KhaltiPayment.objects.filter(pk=paid.pk).update(refund_total=total)

    paid.refresh_from_db()
    assert paid.refund_total == 0


def test_of_two_who_take_the_rest_the_database_refuses_one(paid):
    take = KhaltiPayment.objects.filter(pk=paid.pk)
    take.update(refund_total=F("refund_total") + 100_000)

    with pytest.raises(IntegrityError), transaction.atomic():
        take.update(refund_total=F("refund_total") + 50_001)

    assert take.update(refund_total=F("refund_total") + 50_000) == 1
    paid.refresh_from_db()
    assert (paid.refund_total, paid.refundable) == (150_000, 0)


@pytest.mark.parametrize("column", ["reference", "idempotency_key"])
def test_names_are_used_once(make, column):
    make(**{column: "ABCD"})
    other = make()

    with pytest.raises(IntegrityError), transaction.atomic():
        make(**{column: "ABCD"})
    with pytest.raises(IntegrityError), transaction.atomic():
        KhaltiRefund.objects.filter(pk=other.pk).update(**{column: "ABCD"})


def test_many_refunds_may_have_no_key(make):
    for _time in range(3):
        make(idempotency_key=None)

    assert KhaltiRefund.objects.filter(idempotency_key=None).count() == 3


def test_every_state_and_every_way_can_be_stored(make):
    for state in State:
        make(state=state)
    for method in Method:
        make(method=method)

    assert set(KhaltiRefund.objects.values_list("state", flat=True)) == set(State.values)
    assert set(KhaltiRefund.objects.values_list("method", flat=True)) == set(Method.values)


def test_the_largest_amount_of_a_site_can_be_stored(make):
    assert KhaltiRefund.objects.get(pk=make(amount=10**15).pk).amount == 10**15


def test_a_payment_with_refunds_or_deliveries_is_not_deleted(make, paid):
    refund = make()
    KhaltiDelivery.objects.create(payment=paid, event_type="refunded", refund=refund)

    with pytest.raises(models.ProtectedError):
        paid.delete()
    with pytest.raises(models.ProtectedError):
        refund.delete()


def test_a_person_who_leaves_takes_no_refund_along(make, django_user_model):
    manager = django_user_model.objects.create_user("manager")
    refund = make(requested_by=manager)

    manager.delete()

    refund.refresh_from_db()
    assert refund.requested_by is None


# What it says of itself.


def test_every_state_is_undecided_done_or_refused():
    assert set(State) == IN_PROGRESS | DONE | {State.FAILED}
    assert not IN_PROGRESS & DONE


@pytest.mark.parametrize("state", State)
def test_a_refund_knows_where_it_stands(state):
    refund = KhaltiRefund(state=state)

    assert refund.is_in_progress == (state in ("requested", "processing", "unconfirmed"))
    assert refund.is_unconfirmed == (state == "unconfirmed")
    assert refund.is_done == (state in ("succeeded", "external"))


@pytest.mark.parametrize("method", Method)
def test_khalti_knows_of_what_went_back_through_it(method):
    assert KhaltiRefund(method=method).is_at_khalti == (method in ("khalti", "dashboard")) == (method in AT_KHALTI)


@pytest.mark.parametrize(("amount", "decided", "lacks"), [(None, False, True), (None, True, False), (1, False, False)])
def test_an_amount_is_missing_until_somebody_has_entered_it(make, amount, decided, lacks):
    refund = make(state="external", amount=amount, resolved_at=timezone.now() if decided else None)

    assert refund.lacks_amount is lacks
    assert list(KhaltiRefund.objects.without_amount()) == [refund] * lacks


def test_refunds_are_found_by_how_far_they_have_come(make):
    for state in State:
        make(state=state)

    assert {refund.state for refund in KhaltiRefund.objects.in_progress()} == IN_PROGRESS
    assert {refund.state for refund in KhaltiRefund.objects.done()} == DONE


def test_refunds_of_a_payment_come_in_the_order_of_creation(make, paid):
    first, second = make(), make()

    assert list(paid.refunds.all()) == [first, second]


@pytest.mark.parametrize(("total", "refundable"), [(0, 150_000), (50_000, 100_000), (150_000, 0)])
def test_a_payment_knows_what_is_left_of_it(total, refundable):
    assert KhaltiPayment(amount=150_000, refund_total=total).refundable == refundable


@pytest.mark.parametrize(
    ("language", "changes", "shown"),
    [
        ("en", {}, "Rs\xa0500 · Requested · "),
        ("en", {"amount": None, "state": "external"}, "– · Manual · "),
        ("ne", {}, "रु\xa0५०० · "),
    ],
)
def test_a_refund_says_what_it_is(make, language, changes, shown):
    with translation.override(language):
        assert str(make(**changes)).startswith(shown)


@pytest.mark.parametrize(("mobile", "shown"), [("9800000001", "98XXXXX001"), ("", "")])
def test_a_number_is_shown_to_its_owner_only(mobile, shown):
    assert KhaltiRefund(mobile=mobile).masked_mobile == shown


def test_each_refund_gets_a_reference_of_its_own(make):
    assert len({make().reference for _time in range(5)}) == 5


def test_nobody_gets_a_permission_to_write_refunds():
    assert KhaltiRefund._meta.default_permissions == ()


def test_giving_back_is_a_permission_of_payments():
    assert "refund_khaltipayment" in dict(KhaltiPayment._meta.permissions)
