"""What can't be given back is refused before anything happens: no row, no call, no word in the history."""

from contextlib import contextmanager
from decimal import Decimal

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from wagtail.models import ModelLogEntry

from tests.payments import kinds
from wagtail_khalti.actions import refund_payment
from wagtail_khalti.exceptions import (
    AmountExceedsRefundable,
    AmountTooSmall,
    FullyRefunded,
    MerchantChanged,
    NotPaid,
    PidxNotFound,
    RefundInProgress,
    RefundsChanged,
    RequestRejected,
)
from wagtail_khalti.models import KhaltiPayment, KhaltiRefund
from wagtail_khalti.models.references import new_reference
from wagtail_khalti.models.status import PAID, Status

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("books")]


LOOKUP = "http://khalti.test/khalti-simulator/api/v2/epayment/lookup/"


@contextmanager
def nothing_happens(khalti, *, raising, match=None):
    def everything():
        rows = KhaltiPayment, KhaltiRefund, ModelLogEntry
        calls = khalti.calls("refund"), khalti.calls("lookup")
        return *calls, *(list(model.objects.order_by("pk").values()) for model in rows)

    histories = {payment: kinds(payment) for payment in KhaltiPayment.objects.all()}
    before = everything()
    with pytest.raises(raising, match=match) as raised:
        yield raised
    assert everything() == before
    assert {payment: kinds(payment) for payment in histories} == histories


@pytest.mark.parametrize("amount", [0, -1, -150_000])
def test_less_than_one_paisa(khalti, completed, amount):
    with nothing_happens(khalti, raising=AmountTooSmall, match=f"{amount} paisa"):
        refund_payment(completed, amount)


@pytest.mark.parametrize(
    "amount", [True, False, 500.0, 500.5, 0.1, Decimal(500), Decimal("500.50"), "500", "", "५००", b"500", [500], {}]
)
def test_what_is_no_whole_number_of_paisa(khalti, completed, amount):
    with nothing_happens(khalti, raising=TypeError, match="int of paisa"):
        refund_payment(completed, amount)


@pytest.mark.parametrize("amount", [150_001, 10**15, 2**63, 10**40])
def test_more_than_was_paid(khalti, completed, amount):
    with nothing_happens(khalti, raising=AmountExceedsRefundable, match="Rs\xa01,500 is refundable"):
        refund_payment(completed, amount)


def test_more_than_is_left(khalti, completed):
    refund_payment(completed, 100_000)

    words = "Rs\xa0500 is refundable, 50001 paisa was requested"
    with nothing_happens(khalti, raising=AmountExceedsRefundable, match=words):
        refund_payment(completed, 50_001)


@pytest.mark.parametrize("amount", [None, 1, 150_000])
def test_anything_after_all_of_it_went_back(khalti, completed, amount):
    refund_payment(completed)

    with nothing_happens(khalti, raising=FullyRefunded):
        refund_payment(completed, amount)


def test_anything_while_an_external_refund_lacks_its_amount(khalti, completed):
    khalti.refund_in_dashboard(completed, amount=50_000)
    with pytest.raises(RefundsChanged):
        refund_payment(completed, 1)  # which finds it out

    with nothing_happens(khalti, raising=RefundInProgress, match="Enter the amount"):
        refund_payment(completed, 1)


@pytest.mark.parametrize("status", sorted(set(Status) - PAID))
def test_a_payment_that_was_not_paid(khalti, status):
    payment = KhaltiPayment.objects.create(
        amount=150_000, status=status, merchant="default", mode="simulator", purchase_order_id=new_reference(),
        pidx="p", transaction_id="T",
    )  # fmt: skip

    with nothing_happens(khalti, raising=NotPaid, match=f"is {status}"):
        refund_payment(payment)


def test_a_payment_that_is_paid_at_khalti_and_not_here(khalti, payment):
    """Nobody has looked yet; a check comes first."""
    khalti.pay(payment)

    with nothing_happens(khalti, raising=NotPaid):
        refund_payment(payment)


@pytest.mark.parametrize("transaction_id", [..., None, ""])
def test_a_payment_without_a_transaction_id_sends_nothing(khalti, completed, transaction_id):
    KhaltiPayment.objects.update(transaction_id="")
    khalti.answer_lookup(completed, transaction_id=transaction_id)

    with pytest.raises(NotPaid, match="no transaction id"):
        refund_payment(completed)

    assert khalti.calls("refund") == 0
    assert KhaltiRefund.objects.get().state == "failed"


def test_a_transaction_id_that_khalti_gives_in_the_end_will_do(khalti, completed):
    KhaltiPayment.objects.update(transaction_id="")

    assert refund_payment(completed).state == "succeeded"


@pytest.mark.parametrize("transaction_id", ["../../initiate", "..", "a/b", "a b", "a?b", "%2e%2e"])
def test_what_is_no_transaction_id_leads_to_no_other_address(khalti, completed, line, transaction_id):
    KhaltiPayment.objects.update(transaction_id=transaction_id)

    with pytest.raises(RequestRejected, match="transaction_id"):
        refund_payment(completed)

    assert line.refunds == []
    assert {url for _endpoint, url, _body in line.sent} == {LOOKUP}
    assert KhaltiRefund.objects.get().state == "failed"


def test_an_object_in_hand_that_is_older_than_the_row(khalti, completed):
    """What counts is the row."""
    old = KhaltiPayment.objects.get()
    refund_payment(completed)

    with nothing_happens(khalti, raising=FullyRefunded):
        refund_payment(old)


def test_a_merchant_that_is_gone(khalti, completed):
    KhaltiPayment.objects.update(merchant="books")
    completed.refresh_from_db()

    with nothing_happens(khalti, raising=MerchantChanged, match="no merchant 'books'"):
        refund_payment(completed)


@pytest.mark.parametrize("mode", ["sandbox", "live"])
def test_another_khalti_than_the_one_that_took_the_money(khalti, completed, settings, mode):
    settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "MODE": mode}

    with nothing_happens(khalti, raising=MerchantChanged, match=f"is simulator, its merchant is {mode}"):
        refund_payment(completed)


def test_the_key_of_another_account_sends_nothing(khalti, completed, settings):
    settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "SECRET_KEY": "of-another-account"}

    with pytest.raises(PidxNotFound):
        refund_payment(completed)

    assert khalti.calls("refund") == 0
    assert KhaltiRefund.objects.get().state == "failed"


# People.


@pytest.fixture(params=["no permission", "nobody", "not active any more", "may only look"])
def without_permission(request, cashier, manager, django_user_model):
    if request.param == "nobody":
        return AnonymousUser()
    if request.param == "not active any more":
        manager.is_active = False
        manager.save()
        return django_user_model.objects.get(pk=manager.pk)
    if request.param == "may only look":
        return django_user_model.objects.create_user("accountant", is_staff=True)
    return cashier


def test_a_person_without_the_permission(khalti, completed, without_permission):
    with nothing_happens(khalti, raising=PermissionDenied):
        refund_payment(completed, 50_000, by=without_permission)


def test_the_permission_is_asked_for_before_anything_is_told(khalti, payment, cashier):
    """Whoever may not refund doesn't learn how a payment stands."""
    with nothing_happens(khalti, raising=PermissionDenied):
        refund_payment(payment, "nonsense", mobile="nonsense", by=cashier)


def test_a_superuser_may(khalti, completed, django_user_model):
    superuser = django_user_model.objects.create_superuser("root", password="p")

    assert refund_payment(completed, by=superuser).state == "succeeded"


def test_a_person_who_was_deleted_meanwhile(khalti, completed):
    """Nobody would be left to answer for it. MariaDB says so itself, before Wagtail's log can."""
    refund_payment(completed, 1)
    gone = get_user_model().objects.create_superuser("root", password="p")
    get_user_model().objects.filter(pk=gone.pk).delete()

    with nothing_happens(khalti, raising=(ValidationError, IntegrityError)):
        refund_payment(completed, 50_000, by=gone)


# What the person saw.


@pytest.mark.parametrize("seen", [0, 1, 149_999, 150_001, -1, 10**40])
def test_something_else_is_left_than_was_seen(khalti, completed, seen):
    with nothing_happens(khalti, raising=RefundsChanged, match="Rs\xa01,500 is refundable"):
        refund_payment(completed, 50_000, refundable=seen)


def test_of_two_who_saw_the_same_one_refunds(khalti, completed):
    refund_payment(completed, 50_000, refundable=150_000)

    with nothing_happens(khalti, raising=RefundsChanged):
        refund_payment(completed, 50_000, refundable=150_000)


# Texts.


@pytest.mark.parametrize(
    "mobile",
    ["98000000", "98000000011", "+9779800000001", "980000000a", "९८०००००००१", "9800000001\n", " 980000000", "-"],
)
def test_what_is_no_mobile_number(khalti, completed, mobile):
    with nothing_happens(khalti, raising=ValueError, match="10 digits") as raised:
        refund_payment(completed, mobile=mobile)
    assert mobile not in str(raised.value)


@pytest.mark.parametrize("option", [{"reason": "x" * 256}, {"idempotency_key": "x" * 129}])
def test_texts_that_are_too_long(khalti, completed, option):
    with nothing_happens(khalti, raising=ValueError, match=f"{next(iter(option))} is too long"):
        refund_payment(completed, **option)


def test_the_longest_texts_fit(khalti, completed):
    refund = refund_payment(completed, reason="क" * 255, idempotency_key="x" * 128)

    assert KhaltiRefund.objects.get() == refund
    assert len(KhaltiRefund.objects.get().reason) == 255
