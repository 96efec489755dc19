"""What a payment remembers, and what the database itself insists on."""

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from tests.shop.models import Order, ShopPage
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.models.references import REFERENCE_ALPHABET, new_reference
from wagtail_khalti.models.sources import payable_columns
from wagtail_khalti.models.status import PAID, SOFT_ENDS, WAITING, Status

pytestmark = [pytest.mark.every_database, pytest.mark.django_db]


def make(payable=None, **changes):
    changes |= payable_columns(payable) if payable else {}
    return KhaltiPayment.objects.create(**{"amount": 150_000, "purchase_order_id": new_reference(), **changes})


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("amount", 0),
        ("amount", -1),
        ("fee", -1),
        ("status", "paid"),
        ("status", ""),
        ("pidx", ""),
    ],
)
def test_the_database_refuses_what_makes_no_sense(column, value):
    payment = make()

    with pytest.raises(IntegrityError), transaction.atomic():
        make(**{column: value})
    with pytest.raises(IntegrityError), transaction.atomic():
        KhaltiPayment.objects.filter(pk=payment.pk).update(**{column: value})


@pytest.mark.parametrize("column", ["pidx", "reference", "purchase_order_id", "idempotency_key"])
def test_names_are_used_once(column):
    make(**{column: "ABCD"})
    other = make()

    with pytest.raises(IntegrityError), transaction.atomic():
        make(**{column: "ABCD"})
    with pytest.raises(IntegrityError), transaction.atomic():
        KhaltiPayment.objects.filter(pk=other.pk).update(**{column: "ABCD"})


@pytest.mark.parametrize("column", ["pidx", "idempotency_key"])
def test_many_payments_may_have_no_such_name(column):
    for _time in range(3):
        make(**{column: None})

    assert KhaltiPayment.objects.filter(**{column: None}).count() == 3


def test_every_status_can_be_stored():
    for status in Status:
        make(status=status)

    assert set(KhaltiPayment.objects.values_list("status", flat=True)) == set(Status.values)


def test_every_status_is_waiting_paid_or_a_soft_end():
    assert set(Status) == WAITING | PAID | SOFT_ENDS
    assert len(WAITING) + len(PAID) + len(SOFT_ENDS) == len(Status)


@pytest.mark.parametrize("status", Status)
def test_a_payment_knows_where_it_stands(status):
    payment = KhaltiPayment(status=status)

    assert payment.is_paid == (status in PAID)
    assert payment.is_waiting == (status in WAITING)


def test_the_largest_amount_of_a_site_can_be_stored():
    assert KhaltiPayment.objects.get(pk=make(amount=10**15).pk).amount == 10**15


def test_a_reference_can_be_read_out_and_not_be_guessed():
    references = {new_reference() for _time in range(1_000)}

    assert len(references) == 1_000
    assert all(re.fullmatch("[2-9A-HJKMNP-TV-Z]{16}", reference) for reference in references)
    assert not set("01ILOU") & set(REFERENCE_ALPHABET)
    assert set("".join(references)) == set(REFERENCE_ALPHABET), "every letter is used"
    assert len(REFERENCE_ALPHABET) ** 16 > 2**78


def test_each_payment_gets_a_reference_of_its_own():
    payment = make()

    assert len(payment.reference) == 16
    assert payment.readable_reference == "-".join(re.findall("....", payment.reference))
    assert payment.get_absolute_url() == reverse("wagtail_khalti:payment", args=[payment.reference])


def test_a_payment_says_what_it_is():
    payment = KhaltiPayment(reference="ABCDEFGHJKMNPQRS", purpose="Membership", amount=123_456_750)

    assert str(payment) == "ABCD-EFGH-JKMN-PQRS · Membership · Rs\xa012,34,567.50"


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("9800000001", "98XXXXX001"),
        ("+9779800000001", "+9XXXXX001"),
        ("01234567", "01XXXXX567"),
        ("1234567", ""),
        ("12345", ""),
        ("", ""),
    ],
)
def test_a_phone_number_is_shown_to_its_owner_only(phone, shown):
    assert KhaltiPayment(customer_phone=phone).masked_phone == shown


@pytest.mark.parametrize(("mode", "is_test"), [("simulator", True), ("sandbox", True), ("live", False)])
def test_only_live_payments_are_real(mode, is_test):
    assert KhaltiPayment(mode=mode).is_test is is_test


def test_the_payments_for_a_thing_are_found():
    order, other = Order.objects.create(), Order.objects.create()
    unfinished, paid = make(payable=order), make(payable=order, status="completed")
    make(payable=other)
    make()

    assert set(KhaltiPayment.objects.for_payable(order)) == {unfinished, paid}
    assert not KhaltiPayment.objects.for_payable(Order.objects.create()).exists()


def test_things_of_two_kinds_with_the_same_number_are_told_apart(home):
    page = ShopPage(title="Shop")
    home.add_child(instance=page)
    order = Order.objects.create(pk=page.pk)
    for_order, for_page = make(payable=order), make(payable=page)

    assert list(KhaltiPayment.objects.for_payable(order)) == [for_order]
    assert list(KhaltiPayment.objects.for_payable(page)) == [for_page]


def test_the_paid_payments_are_those_whose_money_came():
    for status in Status:
        make(status=status)

    assert set(KhaltiPayment.objects.paid().values_list("status", flat=True)) == PAID


@pytest.mark.parametrize(("seconds", "has_expired_link"), [(None, False), (60, False), (0, True), (-60, True)])
def test_a_link_runs_out_by_the_clock(seconds, has_expired_link):
    expires_at = None if seconds is None else timezone.now() + timedelta(seconds=seconds)

    assert KhaltiPayment(expires_at=expires_at).has_expired_link is has_expired_link


def test_the_newest_payment_comes_first():
    first, second = make(), make()

    assert list(KhaltiPayment.objects.all()) == [second, first]


def test_nobody_gets_a_permission_to_write_the_ledger():
    assert KhaltiPayment._meta.default_permissions == ("view",)
