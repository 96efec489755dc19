"""Checks that an event takes effect once, whatever happens to its delivery."""

from __future__ import annotations

from wagtail_khalti.actions import check_payment, reconcile
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.testing.conformance.connected import (
    all_receivers,
    connected_twice,
    name_of,
    takes_any_argument,
)
from wagtail_khalti.testing.conformance.rehearsal import AnotherReceiverFailed, Killed
from wagtail_khalti.testing.conformance.suite import RULES, Suite, beyond_plain_delivery
from wagtail_khalti.testing.conformance.trace import report

__unittest = __tracebackhide__ = True  # the trace says more than our own frames
LEFT_BEHIND = (
    "What can't be rolled back belongs in transaction.on_commit(): a mail, a task, a file. See “Work outside the "
    "database” in the manual."
)
NOT_THE_SAME = (
    "A receiver must not remember outside of the database what it has done: a variable or a cache is not rolled back."
)
NOTHING_SEEN = (
    "Did make_payable() and start() return what your receivers act on? If their work is neither a row nor a mail, put "
    '"delivery" with that reason into exempt.'
)


class OnceChecks(Suite):
    """Delivered, delivered again, interrupted."""

    def test_connections(self) -> None:
        self.skip_if_exempt("connections")
        connected = all_receivers()
        problems = [] if connected else ["no receiver: import their module in the ready() of your AppConfig"]
        for signal, receivers in connected.items():
            problems += [f"{signal}: {twice}" for twice in connected_twice(receivers)]
            without = [name_of(receiver) for receiver in receivers if not takes_any_argument(receiver)]
            problems += [f"{signal}: {name} has no **kwargs" for name in without]
        if problems:
            raise report(RULES["connections"], [], found=problems)

    def test_delivery(self) -> None:
        run = self.one_delivery("delivery")
        if not run.changes():
            run.fail("a row or a mail", ["nothing"], advice=NOTHING_SEEN)

    @beyond_plain_delivery
    def test_called_once(self) -> None:
        with self.rehearse("called_once") as run:
            payment = run.start(self.start_new)
            run.at_khalti("pay", payment)
            run.deliver(payment)
            delivered = run.state
            run.do("check again", lambda: [check_payment(_stored(payment)) for _time in range(2)])
            run.do("reconcile", lambda: reconcile(only=_stored(payment)))
            if more := run.changes(since=delivered):
                run.fail("no change after the first delivery", more)

    @beyond_plain_delivery
    def test_redelivery(self) -> None:
        self._interrupt("redelivery", AnotherReceiverFailed("another receiver failed"), times=2)

    @beyond_plain_delivery
    def test_kill(self) -> None:
        self._interrupt("kill", Killed("the process was killed before the commit"), times=1)

    def _interrupt(self, check: str, by: BaseException, *, times: int) -> None:
        with self.rehearse(check) as run:
            payment = run.start(self.start_new)
            run.at_khalti("pay", payment)
            for attempt in range(times):
                if left := run.interrupted(payment, by, is_first=attempt == 0):
                    run.fail("nothing is left of a delivery that was rolled back", left, advice=LEFT_BEHIND)
            run.redeliver(payment)
        if different := self.differences(check, run.changes()):
            run.fail("the same as after one delivery", different, advice=NOT_THE_SAME)


def _stored(payment: KhaltiPayment) -> KhaltiPayment:
    return KhaltiPayment.objects.get(pk=payment.pk)
