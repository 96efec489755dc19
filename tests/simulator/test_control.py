"""What tests and demos do to a payment from outside."""

import pytest

from wagtail_khalti.simulator import control
from wagtail_khalti.simulator.models import SimulatedPayment, Status


def test_paying_twice_is_paying_once(pidx):
    assert control.pay(pidx).transaction_id == control.pay(pidx).transaction_id


@pytest.mark.parametrize("end", [control.expire, control.cancel, control.fail])
def test_money_can_come_after_an_end(merchant, pidx, end):
    end(pidx)

    control.pay(pidx)

    assert merchant.lookup(pidx).json()["status"] == "Completed"


@pytest.mark.parametrize("happen", [control.begin, control.cancel, control.expire, control.fail])
def test_what_is_paid_can_not_end_otherwise(pidx, happen):
    control.pay(pidx)

    with pytest.raises(ValueError, match="is Completed: it can't become"):
        happen(pidx)


def test_only_what_is_paid_can_be_refunded(pidx):
    with pytest.raises(ValueError, match="is Initiated: it can't become Refunded"):
        control.refund(pidx)


def test_a_refund_may_come_in_parts_and_ends_when_all_is_back(pidx):
    control.pay(pidx)

    parts = [control.refund(pidx, partial=True), control.refund(pidx, partial=True), control.refund(pidx)]

    some, everything = Status.PARTIALLY_REFUNDED, Status.REFUNDED
    assert [part.status for part in parts] == [some, some, everything]
    with pytest.raises(ValueError, match="is Refunded"):
        control.refund(pidx, partial=True)


def test_half_the_balance_is_refunded_and_a_paisa_has_no_half(pidx):
    control.pay(pidx)

    gone = [control.refund(pidx, partial=True).refunded_amount for _half in range(10)]

    assert gone == [650, 975, 1137, 1218, 1259, 1279, 1289, 1294, 1297, 1298]
    assert control.refund(pidx, partial=True).refundable == 1
    with pytest.raises(ValueError, match="can't be refunded in part"):
        control.refund(pidx, partial=True)
    assert control.refund(pidx).refundable == 0


def test_an_exact_amount_goes_back_and_the_last_paisa_ends_it(pidx):
    control.pay(pidx)

    parts = [control.refund(pidx, amount=1), control.refund(pidx, amount=1298), control.refund(pidx, amount=1)]

    assert [part.refunded_amount for part in parts] == [1, 1299, 1300]
    assert [part.status for part in parts] == [Status.PARTIALLY_REFUNDED, Status.PARTIALLY_REFUNDED, Status.REFUNDED]


@pytest.mark.parametrize("amount", [0, -1, 1201, 10**30, 1.0, True, "1"])
def test_an_amount_that_does_not_fit_is_an_error_and_no_refund(pidx, amount):
    control.pay(pidx)
    control.refund(pidx, amount=100)

    with pytest.raises(ValueError, match="it must be a whole number from 1 to 1200, the balance in paisa"):
        control.refund(pidx, amount=amount)

    assert next(control.payments()).returned == 100


def test_refunding_all_twice_is_refunding_once(pidx):
    control.pay(pidx)

    assert [control.refund(pidx).refunded_amount for _time in range(2)] == [1300, 1300]


@pytest.mark.parametrize("mobile", ["9" * 21, "98\x00", "\ud800", 9800000001, None])
def test_a_mobile_that_can_not_be_kept_is_an_error(pidx, mobile):
    with pytest.raises(ValueError, match="it must be a text of at most 20 characters"):
        control.pay(pidx, mobile=mobile)


def test_a_failed_payment_is_told_with_400(merchant, pidx):
    control.fail(pidx)

    response = merchant.lookup(pidx)
    assert (response.status_code, response.json()["status"]) == (400, "Failed")


def test_expiring_twice_is_fine(pidx):
    control.expire(pidx)

    assert control.expire(pidx).status is Status.EXPIRED


def test_an_unknown_pidx_is_an_error(db):
    with pytest.raises(SimulatedPayment.DoesNotExist):
        control.pay("jz3xH8BuZQ5MSo7CoNJ9pY")
