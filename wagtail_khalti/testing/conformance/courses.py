"""Checks of what can happen to a payment besides being paid once and in time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any
from unittest import SkipTest

from django.db import models
from django.db.models import ProtectedError, RestrictedError

from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.money import Paisa
from wagtail_khalti.testing.conformance.effects import gist, touched_fields
from wagtail_khalti.testing.conformance.observed import MAIL, Change
from wagtail_khalti.testing.conformance.rehearsal import Rehearsal
from wagtail_khalti.testing.conformance.suite import Suite, beyond_plain_delivery

__unittest = __tracebackhide__ = True  # the trace says more than our own frames
IGNORED_LATE = (
    "Money was received, and nothing on the site shows it. A receiver of payment_completed finds the order as your "
    "receiver of payment_ended left it. "
    'If staff find late payments under "Needs attention" only, put "late_payment" into exempt.'
)
SOLD_TWICE = (
    "payment_needs_attention is no sale: it says that a person should look. Connect your receiver of purchases to "
    "payment_completed only."
)
AS_IF_FULL = "payment_refunded is sent for each refund. All was refunded when its argument refundable is 0."
NOT_AS_FULL = "All was refunded when the argument refundable is 0, in however many parts."
FOR_NO_MONEY = (
    "is_test is true if no money moved. A receiver should deliver nothing then, except where you develop. If your "
    'settings decide, use override_settings. If this site may treat both alike, put "test_money" into exempt.'
)


class CourseChecks(Suite):
    """Late, twice, refunded, without its payable, without money."""

    @beyond_plain_delivery
    def test_late_payment(self) -> None:
        for end in ("cancel", "expire"):
            with self.rehearse("late_payment") as run:
                payment = run.start(self.start_new)
                run.at_khalti(end, payment)
                run.deliver(payment)
                run.at_khalti("pay", payment)
                late = run.deliver(payment)
            if not late and (in_time := self.one_delivery("late_payment").changes()):
                run.fail("some change, as after a payment in time", ["nothing"], advice=_with(IGNORED_LATE, in_time))

    @beyond_plain_delivery
    def test_duplicate_payment(self) -> None:
        with self.rehearse("duplicate_payment") as run:
            payable = self.make_payable()
            first = run.start(lambda: self.start(payable))
            second = self._start_another(run, first, payable)
            run.at_khalti("pay", first)
            run.at_khalti("pay", second)
            sale = gist(run.deliver(first))
            again = run.deliver(second)
            if sale and sale <= gist(again):
                run.fail("not what the first one did", again, advice=SOLD_TWICE)

    @beyond_plain_delivery
    def test_partial_refund(self) -> None:
        with self.rehearse("partial_refund") as whole:
            whole_changes = whole.refund(self._paid(whole))
        with self.rehearse("partial_refund") as parts:
            payment = self._paid(parts)
            before = parts.state
            part_changes = parts.refund(payment, Paisa(payment.amount // 2))
            decided = _decided(whole_changes)
            if decided and decided == _decided(part_changes):
                parts.fail("not all that a full refund does", part_changes, advice=AS_IF_FULL)
            parts.refund(payment)
            missed = touched_fields(whole_changes) - touched_fields(parts.changes(since=before))
            if missed:
                parts.fail("what a full refund does", sorted(map(_untouched, missed)), advice=NOT_AS_FULL)

    @beyond_plain_delivery
    def test_deleted_payable(self) -> None:
        with self.rehearse("deleted_payable") as run:
            payment = run.start(self.start_new)
            run.at_khalti("pay", payment)
            _delete_payable(run, payment)
            run.deliver(payment)
        with self.rehearse("deleted_payable") as run:
            payment = self._paid(run)
            _delete_payable(run, payment)
            run.refund(payment)

    @beyond_plain_delivery
    def test_test_money(self) -> None:
        test = self.one_delivery("test_money", is_live=False)
        if test.changes() and not self.differences("test_money", test.changes()):
            test.fail("not what a live payment does", test.changes(), advice=FOR_NO_MONEY)

    def _paid(self, run: Rehearsal) -> KhaltiPayment:
        payment = run.start(self.start_new)
        run.at_khalti("pay", payment)
        run.deliver(payment)
        return payment

    def _start_another(self, run: Rehearsal, first: KhaltiPayment, payable: models.Model | None) -> KhaltiPayment:
        """Before the first one is paid, as in a second browser window."""
        if payable is None or first.payable_type_id is None:
            raise SkipTest("make_payable() returns nothing that could be paid for twice")
        second = run.start(lambda: self.start(payable))
        if second == first or second.is_repeat:
            raise SkipTest("start() returns the same payment again, or one that is intended as another")
        return second


def _delete_payable(run: Rehearsal, payment: KhaltiPayment) -> None:
    payable = KhaltiPayment.objects.get(pk=payment.pk).payable
    if payable is None:
        raise SkipTest("make_payable() returns nothing that could be deleted")
    try:
        run.delete(payable)
    except (ProtectedError, RestrictedError):
        raise SkipTest(f"{payable._meta.label} can't be deleted once it is being paid for") from None
    if not KhaltiPayment.objects.filter(pk=payment.pk).exists():
        raise SkipTest(f"{payable._meta.label} is deleted together with its payments")


def _decided(changes: Iterable[Change]) -> Counter[Any]:
    """What became of rows that were there; a new row or a mail may just note the refund."""
    return gist(change for change in changes if change.sign != "+" and change.model != MAIL)


def _untouched(place: tuple[str, str]) -> str:
    model, field = place
    return f"{model}.{field} as before" if field else f"{model} not deleted"


def _with(advice: str, in_time: Iterable[Change]) -> str:
    return "\n".join(["A payment in time did this:", *(f"  {change}" for change in in_time), "", advice])
