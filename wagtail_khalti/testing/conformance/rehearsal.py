"""One course of events on the site, in a transaction that is rolled back, with a trace of what each step did."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any
from unittest.mock import patch

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models, transaction
from django.test import TestCase, override_settings

from wagtail_khalti import mailing
from wagtail_khalti.actions import check_payment, redeliver, refund_payment
from wagtail_khalti.conf import Mode
from wagtail_khalti.exceptions import AlreadyDelivered
from wagtail_khalti.models import KhaltiDelivery, KhaltiPayment
from wagtail_khalti.money import Paisa, format_rupees
from wagtail_khalti.outbox import receivers
from wagtail_khalti.testing.conformance.connected import name_of, receivers_of
from wagtail_khalti.testing.conformance.guards import TookTooLong, no_network, no_own_commit, time_limit
from wagtail_khalti.testing.conformance.observed import Change, State, changes_between, observe, skip_keys
from wagtail_khalti.testing.conformance.trace import Step, advice_on, report
from wagtail_khalti.testing.fake import FakeKhalti, fake_khalti

KEYS_APART = 1_000
_numbers = itertools.count(1)


class AnotherReceiverFailed(Exception):
    """Raised after the site's receivers, as if by one more."""


class Killed(BaseException):
    """As if the process ended here, before the commit."""


class Rehearsal:
    """The steps of one course of events. A step that goes wrong raises ``DoesNotConform``, with all steps so far."""

    def __init__(self, khalti: FakeKhalti, *, rule: str, ignored: Collection[str], seconds: float, network: bool) -> None:
        self.khalti = khalti
        self.rule = rule
        self.steps: list[Step] = []
        self._ignored, self._seconds, self._allows_network = ignored, seconds, network
        self._interruption: BaseException | None = None
        self._reports: list[str] = []
        self._began = self._last = observe(ignored)

    def start(self, start: Callable[[], KhaltiPayment]) -> KhaltiPayment:
        """The site starts a payment. What it does about that is not the receivers' work."""
        payment = start()
        payable = KhaltiPayment.objects.get(pk=payment.pk).payable
        thing = f" for {payable._meta.label} {payable.pk}" if payable else ""
        self.steps.append(Step("start", f"{format_rupees(payment.amount)}{thing}, {payment.mode}"))
        self._began = self._last = observe(self._ignored)
        return payment

    def at_khalti(self, verb: str, payment: KhaltiPayment) -> None:
        """What a visitor or a merchant does there: ``pay``, ``cancel``, ``expire``, ``fail``."""
        getattr(self.khalti, verb)(payment)
        self.steps.append(Step(verb, "at Khalti; the site doesn't know yet"))

    def deliver(self, payment: KhaltiPayment) -> list[Change]:
        """The site finds out, and its receivers run."""
        return self.step("deliver", lambda: check_payment(KhaltiPayment.objects.get(pk=payment.pk)))

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

        return self.step("deliver again", act)

    def refund(self, payment: KhaltiPayment, amount: Paisa | None = None) -> list[Change]:
        """All that is left, or a part of it."""
        payment.refresh_from_db()
        name = f"refund {format_rupees(amount or payment.refundable)}"
        return self.step(name, lambda: refund_payment(payment, amount))

    def delete(self, payable: models.Model) -> None:
        """Somebody deletes what is paid for."""
        self.step("delete", payable.delete, f"{payable._meta.label} {payable.pk}")

    def step(self, name: str, act: Callable[[], Any], remark: str = "") -> list[Change]:
        """What the site did; work in ``on_commit`` included."""
        step = Step(name, remark)
        self.steps.append(step)
        with suppress(Killed):
            try:
                self._commit(act)
            except TookTooLong as error:
                step.error = error
        now = observe(self._ignored)
        changes, self._last = changes_between(self._last, now), now
        step.lines += [str(change) for change in changes]
        if step.error or self._reports:
            self.fail("every receiver runs to its end, and stays in its transaction", found=self._reports)
        return changes

    def changes(self, since: State | None = None) -> list[Change]:
        """All since the start, or since then."""
        return changes_between(since or self._began, self._last)

    @property
    def state(self) -> State:
        """After the last step."""
        return self._last

    def fail(self, expected: str, *, found: Collection[str] = (), advice: str = "") -> None:
        """Raises ``DoesNotConform``."""
        error = self.steps[-1].error
        advice = advice or (advice_on(error) if error else "")
        raise report(self.rule, self.steps, expected=expected, found=list(found), advice=advice) from error

    def _commit(self, act: Callable[[], Any]) -> None:
        """``on_commit`` would wait for the end of the test."""
        with TestCase.captureOnCommitCallbacks() as callbacks:
            act()
        for callback in callbacks:
            try:
                self._commit(callback)
            except Exception as error:  # noqa: BLE001 - the site's code
                self._note(error)

    def run_receivers(self, send: Callable[[KhaltiDelivery], None], delivery: KhaltiDelivery) -> None:
        """In place of the outbox's own function, inside its transaction."""
        names = [name_of(receiver) for receiver in receivers_of(receivers.SIGNALS[delivery.event_type])]
        self.steps[-1].lines.append(f"payment_{delivery.event_type} → {', '.join(names) or 'no receiver'}")
        try:
            with self._guarded():
                send(delivery)
                connection.check_constraints()  # as the commit would
        except receivers.ReceiverError as error:
            self._note(error.__cause__ or error)
            raise
        except Exception as error:
            self._note(error)
            raise
        if self._interruption:
            self.steps[-1].lines.append(f"{self._interruption}: all of it is rolled back")
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
        self.steps[-1].error = self.steps[-1].error or error


@contextmanager
def rehearsal(*, is_live: bool = True, **options: Any) -> Iterator[Rehearsal]:
    """As if real money moved, unless not ``is_live``. No mail of this package's own is sent."""
    with ExitStack() as stack:
        if is_live:
            stack.enter_context(override_settings(WAGTAIL_KHALTI=_live(settings.WAGTAIL_KHALTI)))
        stack.enter_context(_rolled_back())
        stack.enter_context(patch.object(mailing, "send", lambda message: None))
        run = Rehearsal(stack.enter_context(fake_khalti()), **options)
        send = receivers._send_signal
        stack.enter_context(
            patch.object(receivers, "_send_signal", lambda delivery: run.run_receivers(send, delivery))
        )
        yield run


def _live(options: dict[str, Any]) -> dict[str, Any]:
    """Every account, still at the simulator."""
    merchants = {name: {**given, "MODE": Mode.LIVE} for name, given in options.get("MERCHANTS", {}).items()}
    return {**options, "MODE": Mode.LIVE, **({"MERCHANTS": merchants} if merchants else {})}


@contextmanager
def _rolled_back() -> Iterator[None]:
    """To the code inside it is no transaction, as Django does it for a ``TestCase``."""
    block = transaction.atomic()
    block._from_testcase = True
    try:
        with block:
            skip_keys(KEYS_APART * next(_numbers))
            yield
            transaction.set_rollback(True)
    finally:
        ContentType.objects.clear_cache()  # may know some that were made inside
