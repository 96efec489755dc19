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
