"""One course of events on the site, with a trace of what each step did."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

from django.db import connection, models
from django.test import TestCase

from wagtail_khalti.actions import check_payment, redeliver, refund_payment
from wagtail_khalti.exceptions import AlreadyDelivered
from wagtail_khalti.models import KhaltiDelivery, KhaltiPayment
from wagtail_khalti.money import Paisa, format_rupees
from wagtail_khalti.outbox import receivers
from wagtail_khalti.testing.conformance.connected import name_of, receivers_of
from wagtail_khalti.testing.conformance.guards import TookTooLong, no_network, no_own_commit, time_limit
from wagtail_khalti.testing.conformance.observed import Change, State, changes_between, observe
from wagtail_khalti.testing.conformance.trace import AFTER_THE_COMMIT, Entry, advice_on, report
from wagtail_khalti.testing.fake import FakeKhalti

__unittest = __tracebackhide__ = True  # the trace says more than our own frames


class AnotherReceiverFailed(Exception):
    """Raised after the site's receivers, as if by one more."""


class Killed(BaseException):
    """As if the process ended here, before the commit."""


class Rehearsal:
    """The steps of one course of events. A step that goes wrong raises ``DoesNotConform``, with all steps so far."""

    def __init__(
        self, khalti: FakeKhalti, *, rule: str, ignored: Collection[str], seconds: float, network: bool
    ) -> None:
        self.khalti = khalti
        self.rule = rule
        self.entries: list[Entry] = []
        self._ignored, self._seconds, self._allows_network = ignored, seconds, network
        self._interruption: BaseException | None = None
        self._reports: list[str] = []
        self._payments: list[KhaltiPayment] = []
        self._began: State = {}
        self._last: State = {}

    def start(self, start: Callable[[], KhaltiPayment]) -> KhaltiPayment:
        """The site starts a payment. What it does about that is not the receivers' work."""
        entry = Entry("start")
        self.entries.append(entry)
        payment: KhaltiPayment = self._commit(start)
        self._payments.append(payment)
        payable = KhaltiPayment.objects.get(pk=payment.pk).payable
        thing = f" for {payable._meta.label} {payable.pk}" if payable else ""
        money = "test money" if payment.is_test else "real money"
        entry.add(f"{self._which(payment)}{format_rupees(payment.amount)}{thing}, {money}")
        self._began = self._last = observe(self._ignored)
        return payment

    def at_khalti(self, verb: str, payment: KhaltiPayment) -> None:
        """What a visitor or a merchant does there: ``pay``, ``cancel``, ``expire``, ``fail``."""
        getattr(self.khalti, verb)(payment)
        self.entries.append(Entry(verb, f"{self._which(payment)}at Khalti; the site doesn't know yet"))

    def deliver(self, payment: KhaltiPayment) -> list[Change]:
        """The site finds out, and its receivers run."""
        return self.do("deliver", lambda: check_payment(KhaltiPayment.objects.get(pk=payment.pk)))

    def interrupted(self, payment: KhaltiPayment, by: BaseException, *, is_first: bool = True) -> list[Change]:
        """Likewise, or made again, but all that the receivers did is rolled back."""
        self._interruption = by
        try:
            return self.deliver(payment) if is_first else self.redeliver(payment)
        finally:
            self._interruption = None

    def redeliver(self, payment: KhaltiPayment) -> list[Change]:
        """The next attempt."""

        def act() -> None:
            for delivery in payment.deliveries.undelivered():
                with suppress(AlreadyDelivered):
                    redeliver(delivery)

        return self.do("deliver again", act)

    def refund(self, payment: KhaltiPayment, amount: Paisa | None = None) -> list[Change]:
        """All that is left, or a part of it."""
        payment.refresh_from_db()
        name = f"refund {format_rupees(amount or payment.refundable)}"
        return self.do(name, lambda: refund_payment(payment, amount))

    def delete(self, payable: models.Model) -> None:
        """Somebody deletes what is paid for."""
        self.do("delete", payable.delete, f"{payable._meta.label} {payable.pk}")

    def do(self, name: str, act: Callable[[], Any], remark: str = "") -> list[Change]:
        """What the site did; work in ``on_commit`` included."""
        entry = Entry(name, remark)
        self.entries.append(entry)
        with suppress(Killed):
            try:
                self._commit(act)
            except TookTooLong as error:
                self._note(error)
                self._fail_on_error()  # it may have interrupted the database driver, too
        now = observe(self._ignored)
        changes, self._last = changes_between(self._last, now), now
        for line in [str(change) for change in changes] or ["no change"]:
            entry.add(line)
        if entry.error or self._reports:
            self._fail_on_error()
        return changes

    def changes(self, since: State | None = None) -> list[Change]:
        """All since the start, or since then."""
        return changes_between(since or self._began, self._last)

    @property
    def state(self) -> State:
        """After the last step."""
        return self._last

    def fail(self, expected: str, found: Iterable[object], *, advice: str = "") -> None:
        """Raises ``DoesNotConform``."""
        error = self.entries[-1].error if self.entries else None
        raise report(self.rule, self.entries, expected=expected, found=[*map(str, found)], advice=advice) from error

    def _fail_on_error(self) -> None:
        advice = AFTER_THE_COMMIT if self._reports else advice_on(self.entries[-1].error)
        self.fail("every receiver runs to its end, and stays in its transaction", self._reports, advice=advice)

    def _commit(self, act: Callable[[], Any]) -> Any:
        """Its result. ``on_commit`` would wait for the end of the test."""
        with TestCase.captureOnCommitCallbacks() as callbacks:
            result = act()
        for callback in callbacks:
            try:
                self._commit(callback)
            except Exception as error:  # noqa: BLE001 - the site's code
                self._note(error)
        return result

    def _which(self, payment: KhaltiPayment) -> str:
        """Only if there are several."""
        number = self._payments.index(payment)
        return "the second one: " if number else ""

    def run_receivers(self, send: Callable[[KhaltiDelivery], None], delivery: KhaltiDelivery) -> None:
        """In place of the outbox's own function, inside its transaction."""
        names = [name_of(receiver) for receiver in receivers_of(receivers.SIGNALS[delivery.event_type])]
        self.entries[-1].add(f"payment_{delivery.event_type} → {', '.join(names) or 'no receiver'}")
        try:
            with self._guarded():
                send(delivery)
            if connection.features.can_defer_constraint_checks:
                connection.check_constraints()  # as the commit would
        except receivers.ReceiverError as error:
            self._note(error.__cause__ or error)
            raise
        except Exception as error:
            self._note(error)
            raise
        if self._interruption:
            self.entries[-1].add(f"{self._interruption}: all of it is rolled back")
            raise self._interruption

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        with ExitStack() as stack:
            stack.enter_context(no_own_commit(self._reports.append))
            if not self._allows_network:
                stack.enter_context(no_network(self._reports.append))
            stack.enter_context(time_limit(self._seconds))
            yield

    def _note(self, error: BaseException) -> None:
        self.entries[-1].error = self.entries[-1].error or error
