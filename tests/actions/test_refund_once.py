"""One key is one refund, however often it is asked for: a double click, the back button, a request sent again."""

import pytest
from django.db import IntegrityError
from django.utils import timezone

from tests.payments import kinds, make_due
from wagtail_khalti.actions import check_payment, reconcile, record_refund, refund_payment
from wagtail_khalti.exceptions import GatewayUnreachable, IdempotencyConflict, RefundInProgress, RequestRejected
from wagtail_khalti.gateway import client
from wagtail_khalti.lookups.leases import LEASE
from wagtail_khalti.models import KhaltiPayment, KhaltiRefund
from wagtail_khalti.models.refund import Method
from wagtail_khalti.simulator.disturbance.faults import Fault

pytestmark = [pytest.mark.every_database, pytest.mark.django_db, pytest.mark.usefixtures("books")]
KEY = {"idempotency_key": "one-press"}


def stored(payment):
    return KhaltiPayment.objects.get(pk=payment.pk)


@pytest.mark.parametrize(("first", "again"), [(50_000, 50_000), (None, None), (None, 150_000), (150_000, None)])
def test_the_same_key_gives_the_same_refund(khalti, completed, first, again):
    refund = refund_payment(completed, first, **KEY)
    history = kinds(completed)

    same = refund_payment(stored(completed), again, **KEY)

    assert (same, same.state) == (refund, "succeeded")
    assert same.payment.refund_total == refund.amount
    assert khalti.calls("refund") == 1
    assert kinds(completed) == history, "nothing happened"


def test_what_the_first_press_changed_does_not_block_the_second(khalti, completed):
    """Both saw what was left before the first."""
    refund = refund_payment(completed, 50_000, refundable=150_000, **KEY)

    assert refund_payment(completed, 50_000, refundable=150_000, **KEY) == refund


def test_the_same_key_gives_a_refund_that_is_in_doubt(khalti, completed):
    khalti.trouble("refund", Fault.RESET_BEFORE)
    refund = refund_payment(completed, **KEY)

    same = refund_payment(stored(completed), **KEY)

    assert (same, same.state, khalti.calls("refund")) == (refund, "unconfirmed", 1)
    with pytest.raises(RefundInProgress):
        refund_payment(completed, idempotency_key="another-press")


def test_the_same_key_returns_a_rejected_refund_unsent(khalti, completed):
    khalti.answer("refund", {"detail": "Insufficient balance."}, status=400)
    with pytest.raises(RequestRejected):
        refund_payment(completed, **KEY)

    same = refund_payment(completed, **KEY)

    assert (same.state, same.answer, khalti.calls("refund")) == ("failed", "Insufficient balance.", 1)


def test_the_same_key_begins_anew_where_nothing_was_sent(khalti, completed):
    """A task that is run again, as after an outage."""
    khalti.trouble("lookup", Fault.BAD_GATEWAY, times=9)
    with pytest.raises(GatewayUnreachable):
        refund_payment(completed, **KEY)
    khalti.no_more_trouble()

    refund = refund_payment(completed, **KEY)

    assert (refund.state, khalti.calls("refund")) == ("succeeded", 1)
    assert refund_payment(completed, **KEY) == refund
    assert [one.state for one in completed.refunds.all()] == ["failed", "succeeded"]


def test_the_same_key_starts_again_after_a_kill_before_sending(khalti, completed, line, time_machine):
    def kill():
        raise SystemExit

    line.before = {"lookup": kill}
    with pytest.raises(SystemExit):
        refund_payment(completed, **KEY)
    time_machine.move_to(timezone.now() + 1.1 * LEASE)

    assert refund_payment(completed, **KEY).state == "succeeded"
    assert khalti.calls("refund") == 1


def test_the_second_press_while_the_first_is_on_its_way_finds_it(khalti, completed, line):
    seen = []
    line.before = {"refund": lambda: seen.append(refund_payment(stored(completed), **KEY).state)}

    refund_payment(completed, **KEY)

    assert (seen, khalti.calls("refund")) == (["processing"], 1)


@pytest.mark.parametrize("amount", [50_001, 150_000])
def test_the_same_key_for_another_amount_is_a_mistake(khalti, completed, amount):
    refund_payment(completed, 50_000, **KEY)

    with pytest.raises(IdempotencyConflict):
        refund_payment(completed, amount, **KEY)

    assert KhaltiRefund.objects.count() == 1


def test_the_same_key_for_another_mobile_number_is_a_mistake(khalti, completed):
    refund_payment(completed, 50_000, mobile="9800000001", **KEY)

    with pytest.raises(IdempotencyConflict):
        refund_payment(completed, 50_000, mobile="9800000002", **KEY)

    assert khalti.calls("refund") == 1


@pytest.mark.parametrize("amount", [None, 50_000])
def test_the_same_key_for_another_payment_is_a_mistake(khalti, completed, make_payment, amount):
    other = make_payment()
    khalti.pay(other)
    check_payment(other)
    refund_payment(completed, 50_000, **KEY)
    history = kinds(other)

    with pytest.raises(IdempotencyConflict, match="another payment"):
        refund_payment(other, amount, **KEY)

    assert (stored(other).refund_total, stored(other).refunding_since) == (0, None)
    assert (kinds(other), khalti.calls("refund")) == (history, 1)


def test_keys_that_differ_in_case_are_two(khalti, completed):
    """Where the database takes one for the other, it is refused rather than taken for the same."""
    first = refund_payment(completed, 50_000, idempotency_key="press-A")

    try:
        second = refund_payment(completed, 50_000, idempotency_key="press-a")
    except IdempotencyConflict:
        assert khalti.calls("refund") == 1
    else:
        assert second != first


@pytest.mark.parametrize("nothing", [None, ""])
def test_without_a_key_each_is_a_refund_of_its_own(khalti, completed, nothing):
    for _time in range(2):
        refund_payment(completed, 50_000, idempotency_key=nothing)

    assert (KhaltiRefund.objects.count(), khalti.calls("refund")) == (2, 2)
    assert set(KhaltiRefund.objects.values_list("idempotency_key", flat=True)) == {None}


def test_an_error_of_the_database_is_not_taken_for_a_used_key(khalti, completed, monkeypatch):
    """Refunds without a key are no proof that there was one."""
    record_refund(completed, 1, method=Method.CASH)
    KhaltiRefund.objects.update(reference="TAKEN")
    monkeypatch.setitem(vars(KhaltiRefund._meta.get_field("reference")), "_get_default", lambda: "TAKEN")

    with pytest.raises(IntegrityError):
        refund_payment(completed, 50_000)

    assert khalti.calls("refund") == 0


# Never again by itself.


@pytest.mark.heavy
@pytest.mark.parametrize("fault", [fault for fault in Fault if "refund" in fault.endpoints])
def test_after_any_fault_and_many_looks_it_was_asked_once(khalti, completed, fault):
    khalti.trouble("refund", fault)
    refund_payment(completed, 50_000)

    for _time in range(3):
        make_due()
        reconcile()
        check_payment(stored(completed))

    assert khalti.calls("refund") == 1


def test_the_lookup_before_a_refund_is_retried_the_refund_is_not(khalti, completed):
    khalti.trouble("lookup", Fault.RESET_BEFORE, times=client.TRIES - 1)
    lookups = khalti.calls("lookup")

    refund = refund_payment(completed)

    assert (refund.state, khalti.calls("refund")) == ("succeeded", 1)
    assert khalti.calls("lookup") == lookups + client.TRIES + 1
