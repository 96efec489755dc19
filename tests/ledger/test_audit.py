"""What people did with money is in Wagtail's own log, too; what code does by itself is not."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from wagtail.models import ModelLogEntry

from wagtail_khalti.actions import (
    check_payment,
    enter_refund_amount,
    reconcile,
    record_refund,
    refund_payment,
    resolve_refund,
)
from wagtail_khalti.exceptions import RefundAlreadyResolved, RequestRejected
from wagtail_khalti.models import KhaltiPayment, KhaltiRefund
from wagtail_khalti.models.refund import Method
from wagtail_khalti.simulator.disturbance.faults import Fault

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("books")]


def entries():
    return list(ModelLogEntry.objects.order_by("pk"))


def the_entry(payment, action, by):
    """There is one; it is about this payment, and by this person."""
    (entry,) = (entry for entry in entries() if entry.action == f"wagtail_khalti.{action}")
    assert entry.content_type == ContentType.objects.get_for_model(KhaltiPayment)
    assert (entry.object_id, entry.user) == (str(payment.pk), by)
    assert entry.timestamp is not None
    return entry


@pytest.mark.every_database
def test_a_refund(completed, manager):
    refund = refund_payment(completed, 50_000, reason="Wrong size", mobile="9800000001", by=manager)

    entry = the_entry(completed, "refund", manager)
    assert entry.data == {"refund": refund.reference, "amount": 50_000}


def test_all_that_is_left_is_logged_as_the_sum_that_it_is(completed, manager):
    refund_payment(completed, by=manager)

    assert the_entry(completed, "refund", manager).data["amount"] == 150_000


def test_a_refund_that_khalti_refuses_was_asked_for_all_the_same(khalti, completed, manager):
    khalti.answer("refund", {"detail": "Insufficient balance."}, status=400)

    with pytest.raises(RequestRejected):
        refund_payment(completed, by=manager)

    assert the_entry(completed, "refund", manager)


@pytest.mark.parametrize("was_found", [True, False])
def test_a_word_on_a_refund_in_doubt(khalti, completed, manager, was_found):
    khalti.trouble("refund", Fault.RESET_BEFORE)
    refund = refund_payment(completed)

    resolve_refund(refund, was_found=was_found, by=manager, note="Seen in the dashboard")

    entry = the_entry(completed, "resolve_refund", manager)
    assert entry.data == {
        "refund": refund.reference,
        "amount": 150_000,
        "was_found": was_found,
    }
    assert len(entries()) == 1, "code asked for the refund"


def test_a_refund_made_elsewhere(completed, manager):
    refund = record_refund(completed, 50_000, method=Method.CASH, reason="Wrong size", by=manager)

    entry = the_entry(completed, "record_refund", manager)
    assert entry.data == {"refund": refund.reference, "amount": 50_000, "method": "cash"}


def test_an_amount_that_was_entered(khalti, completed, manager):
    khalti.refund_in_dashboard(completed, amount=60_000)
    check_payment(completed)
    refund = KhaltiRefund.objects.get()

    enter_refund_amount(refund, 60_000, by=manager, note="As the dashboard shows")

    entry = the_entry(completed, "enter_refund_amount", manager)
    assert entry.data == {"refund": refund.reference, "amount": 60_000}


def test_what_code_does_is_not_there(khalti, completed):
    refund_payment(completed, 10_000)
    record_refund(completed, 10_000, method=Method.CASH)
    khalti.trouble("refund", Fault.RESET_BEFORE)
    resolve_refund(refund_payment(completed, 10_000), was_found=False)
    khalti.refund_in_dashboard(completed)
    check_payment(completed)
    reconcile()

    assert entries() == []


def test_what_was_not_done_is_not_there(completed, manager, cashier):
    refund = record_refund(completed, 50_000, method=Method.CASH)

    with pytest.raises(PermissionDenied):
        refund_payment(completed, by=cashier)
    with pytest.raises(RefundAlreadyResolved):
        resolve_refund(refund, was_found=True, by=manager)
    with pytest.raises(RefundAlreadyResolved):
        enter_refund_amount(refund, 1, by=manager)

    assert entries() == []


@pytest.mark.every_database
def test_the_same_press_again_is_one_deed(completed, manager):
    for _time in range(2):
        refund_payment(completed, by=manager, idempotency_key="one-press")

    assert len(entries()) == 1
