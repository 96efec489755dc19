"""One payment, and all that can be done about its refunds, in any order; after each step it must be in order."""

from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import Any

from django.db import connection
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.crash.steps import Killed, watched
from tests.random_runs.machine import world
from tests.random_runs.refund_moves import MOBILE
from tests.random_runs.run import EXPECTED
from wagtail_khalti.actions import (
    check_payment,
    enter_refund_amount,
    reconcile,
    record_refund,
    refund_payment,
    resolve_refund,
    start_payment,
)
from wagtail_khalti.exceptions import AmountExceedsRefundable, IdempotencyConflict
from wagtail_khalti.models import KhaltiEvent, KhaltiPayment, KhaltiRefund
from wagtail_khalti.models.refund import IN_PROGRESS, Method
from wagtail_khalti.simulator.disturbance.faults import Fault
from wagtail_khalti.testing.fake import FakeKhalti

AMOUNT = 150_000
PARTS = st.sampled_from([1, 50_000, 75_000, 149_999, AMOUNT]) | st.integers(1, AMOUNT)
FAULTS = {
    endpoint: st.sampled_from([fault for fault in Fault if endpoint in fault.endpoints])
    for endpoint in ("lookup", "refund")
}
PLACES = st.sampled_from(["send lookup", "answer to lookup", "send refund", "answer to refund", "COMMIT"])
"""Where something comes between, or ends it."""

EVIDENCE = {"confirmed", "disproved"}
WORDS_OF_PEOPLE = {"found_by_person", "not_found_by_person"}


class Refunds(RuleBasedStateMachine):
    def __init__(self, khalti: FakeKhalti) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.run = self.stack.enter_context(world(0, khalti))
        self.khalti, self.presses = khalti, 0
        self.states: dict[int, str] = {}

    def teardown(self) -> None:
        self.khalti.no_more_trouble()
        self.stack.close()

    @initialize(bank=st.booleans())
    def sale(self, bank: bool) -> None:
        payment = start_payment(AMOUNT, purpose="Order", base_url="http://testserver")
        self.mobile = MOBILE if bank else None
        self.khalti.pay(payment, bank=bank)
        check_payment(payment)

    @property
    def payment(self) -> KhaltiPayment:
        return KhaltiPayment.objects.get()

    @rule(amount=st.none() | PARTS, sees=st.booleans())
    def a_manager_gives_back(self, amount: int | None, sees: bool) -> None:
        self._act(lambda: self._press(amount, sees=sees))

    @rule(amount=st.none() | PARTS)
    def a_manager_presses_twice(self, amount: int | None) -> None:
        self._act(lambda: self._press(amount))
        self._act(lambda: self._press(amount, again=True))

    @rule(amount=st.none() | PARTS, fault=FAULTS["refund"])
    def a_manager_gives_back_in_trouble(self, amount: int | None, fault: Fault) -> None:
        self.khalti.trouble("refund", fault)
        self._act(lambda: self._press(amount))

    @rule(amount=st.none() | PARTS, other=st.none() | PARTS, fault=st.none() | FAULTS["refund"], place=PLACES)
    def two_managers_give_back(self, amount: int | None, other: int | None, fault: Fault | None, place: str) -> None:
        if fault:
            self.khalti.trouble("refund", fault)
        self._with_company(lambda: self._press(amount), place, lambda: self._press(other))

    @rule(amount=st.none() | PARTS, part=PARTS, place=PLACES)
    def somebody_is_in_the_dashboard_meanwhile(self, amount: int | None, part: int, place: str) -> None:
        self._with_company(lambda: self._press(amount), place, lambda: self._give_back_in_dashboard(part))

    @rule(amount=st.none() | PARTS, minutes=st.sampled_from([1, 10, 50]), place=PLACES)
    def a_worker_comes_by_meanwhile(self, amount: int | None, minutes: int, place: str) -> None:
        """Not after an hour: what was not sent by then counts as not made, and its answer opens an issue."""

        def later() -> None:
            self.run.time_goes_by(minutes=minutes)
            reconcile()

        self._with_company(lambda: self._press(amount), place, later)

    @rule(amount=st.none() | PARTS, fault=st.none() | FAULTS["refund"], step=st.integers(0, 40))
    def a_manager_is_killed(self, amount: int | None, fault: Fault | None, step: int) -> None:
        if fault:
            self.khalti.trouble("refund", fault)

        def on_step(number: int, _name: str) -> None:
            if number == step:
                connection.close()
                raise Killed

        with suppress(Killed), watched(on_step):
            self._act(lambda: self._press(amount))

    @rule(amount=st.none() | PARTS)
    def money_goes_back_in_the_dashboard(self, amount: int | None) -> None:
        self._give_back_in_dashboard(amount)

    @rule()
    def a_manager_decides(self) -> None:
        for refund in KhaltiRefund.objects.filter(state="unconfirmed"):
            was_found = self.run.was_made(refund)
            self._act(lambda refund=refund, sent=was_found: resolve_refund(refund, was_found=sent, by=self.run.manager))

    @rule()
    def a_manager_enters_an_amount(self) -> None:
        for refund in [refund for refund in KhaltiRefund.objects.all() if refund.lacks_amount]:
            amount = self.run.returned(self.payment)
            self._act(lambda refund=refund, amount=amount: enter_refund_amount(refund, amount, by=self.run.manager))

    @rule(amount=PARTS)
    def a_manager_gives_cash(self, amount: int) -> None:
        self._act(lambda: record_refund(self.payment, amount, method=Method.CASH, by=self.run.manager))

    @rule(fault=FAULTS["lookup"], times=st.integers(1, 8))
    def khalti_has_trouble(self, fault: Fault, times: int) -> None:
        self.khalti.trouble("lookup", fault, times=times)

    @rule(minutes=st.sampled_from([0, 0, 6, 61, 60 * 25]))
    def time_goes_by_and_somebody_looks(self, minutes: int) -> None:
        self.run.time_goes_by(minutes=minutes)
        self._act(lambda: check_payment(self.payment))

    @rule(minutes=st.sampled_from([6, 61, 60 * 25]))
    def time_goes_by_and_a_worker_comes(self, minutes: int) -> None:
        self.run.time_goes_by(minutes=minutes)
        reconcile()

    def _press(self, amount: int | None, *, sees: bool = False, again: bool = False) -> None:
        self.presses += not again
        payment = self.payment
        refund_payment(
            payment,
            amount,
            mobile=self.mobile,
            refundable=payment.refundable if sees else None,
            idempotency_key=f"press-{self.presses}",
            by=self.run.manager,
        )

    def _give_back_in_dashboard(self, amount: int | None) -> None:
        payment = self.payment
        before = self.run.returned(payment)
        with suppress(ValueError):  # more than is left
            self.khalti.refund_in_dashboard(payment, amount=amount)
        if given := self.run.returned(payment) - before:
            self.run.note_in_the_dashboard(payment, given)

    def _act(self, act: Callable[[], Any]) -> None:
        with suppress(*EXPECTED, AmountExceedsRefundable, IdempotencyConflict):
            act()
        self.run.clock.shift(1)

    def _with_company(self, act: Callable[[], Any], place: str, meanwhile: Callable[[], Any]) -> None:
        """The first time that it comes to this place, where no transaction is open."""
        guests = [meanwhile]

        def on_step(_number: int, name: str) -> None:
            if guests and place in name and not connection.in_atomic_block:
                self._act(guests.pop())

        with watched(on_step):
            self._act(act)

    @invariant()
    def no_more_is_given_back_than_was_paid(self) -> None:
        for payment in KhaltiPayment.objects.all():
            refunds = list(payment.refunds.all())
            aside = sum(refund.amount or 0 for refund in refunds if refund.state != "failed")
            assert payment.refund_total == aside <= payment.amount == AMOUNT
            assert self.run.returned(payment) <= AMOUNT
            if self.run.unseen.get(payment.pidx, 0) is not None:
                ours = sum(r.amount for r in refunds if r.method == Method.KHALTI and r.state != "failed")
                assert self.run.returned(payment) - self.run.elsewhere[payment.pidx] <= ours

    @invariant()
    def khalti_is_asked_once_for_each(self) -> None:
        sent = KhaltiRefund.objects.exclude(sent_at=None).count()
        calls = self.khalti.calls("refund")
        assert calls <= sent, f"Khalti was asked {calls} times for {sent} refunds"

    @invariant()
    def one_at_a_time_is_undecided(self) -> None:
        in_progress = KhaltiRefund.objects.filter(state__in=IN_PROGRESS).count()
        assert in_progress <= 1
        assert in_progress == KhaltiPayment.objects.exclude(refunding_since=None).count()

    @invariant()
    def what_is_in_doubt_is_decided_by_evidence_or_a_person(self) -> None:
        before, self.states = self.states, dict(KhaltiRefund.objects.values_list("pk", "state"))
        for pk, state in before.items():
            now = self.states[pk]
            if now != state:
                assert state in IN_PROGRESS, f"{state}, and then {now}"
                if now not in IN_PROGRESS:
                    require_a_reason(KhaltiRefund.objects.get(pk=pk), was_in_doubt=state == "unconfirmed")


def require_a_reason(refund: KhaltiRefund, *, was_in_doubt: bool) -> None:
    """Why it is decided, on the record."""
    decisions = KhaltiEvent.objects.filter(kind__in=["refund_succeeded", "refund_failed"]).order_by("pk")
    decision = [event for event in decisions if event.data["refund"] == refund.reference][-1]
    trigger = decision.data["trigger"]
    if trigger in EVIDENCE:
        looks = KhaltiEvent.objects.filter(kind="looked_up", pk__lt=decision.pk, at__gte=refund.sent_at)
        assert looks.exists(), f"{trigger}, and nobody has looked"
    elif trigger in WORDS_OF_PEOPLE:
        assert decision.user is not None
    else:
        assert not was_in_doubt, f"{trigger} decides nothing"
