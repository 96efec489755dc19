"""The frame of the conformance suite: what a site says about itself, and how its receivers are tried."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import AbstractContextManager
from functools import wraps
from typing import Any, ClassVar
from unittest import SkipTest
from uuid import uuid4

from django.db import models

from wagtail_khalti.actions import start_payment
from wagtail_khalti.exceptions import SoldOut
from wagtail_khalti.gateway import Customer
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.money import Paisa
from wagtail_khalti.payables import Payable, pay
from wagtail_khalti.testing.conformance.effects import differences, stable_facts
from wagtail_khalti.testing.conformance.observed import Change
from wagtail_khalti.testing.conformance.rehearsal import Rehearsal
from wagtail_khalti.testing.conformance.stage import rehearsal
from wagtail_khalti.testing.conformance.trace import DoesNotConform

__unittest = __tracebackhide__ = True  # the trace says more than our own frames
Check = Callable[[Any], None]

RULES = {
    "connections": "Each receiver is connected once, and takes any argument.",
    "delivery": "A completed payment is delivered, and leaves something that can be seen.",
    "called_once": "An event that was delivered is not delivered again.",
    "redelivery": "A delivery that failed is made again, and ends like one that did not fail.",
    "kill": "A delivery whose process was killed is made again, and ends like one that was not interrupted.",
    "late_payment": "A payment that is completed after it had ended counts, or a person learns of it.",
    "duplicate_payment": "A second payment for the same thing is not a second sale.",
    "partial_refund": "A partial refund is not a full one, and two that add up to everything are.",
    "deleted_payable": "A payment is delivered although its payable was deleted.",
    "test_money": "A test payment does not do what a live payment does.",
    "network": "Receivers call no other server inside their transaction.",
}
"""What is checked. All but the last are the names of tests, and all can be in ``exempt``."""

BASE_URL = "http://testserver"
RUNS, MORE_RUNS = 2, 6  # of the same events, to learn what varies by chance


def beyond_plain_delivery(check: Check) -> Check:
    """Nine times the same trace would hide that not even a plain delivery works."""

    @wraps(check)
    def test(suite: Suite) -> None:
        try:
            check(suite)
        except DoesNotConform:
            suite.require_plain_delivery()
            raise

    return test


class Suite:
    """What a site overrides. All of it runs in a transaction that is rolled back."""

    exempt: ClassVar[Mapping[str, str]] = {}
    """Names of ``RULES`` that don't apply to this site, each with the reason, which is shown."""

    ignored_models: ClassVar[Collection[str]] = ()
    """Models that say nothing about receivers, such as a log of requests: ``["audit.RequestLog"]``."""

    max_seconds: ClassVar[float] = 5.0
    """Receivers of one event that take longer are interrupted. A visitor waits for them."""

    def make_payable(self) -> models.Model | None:
        """A new object of the site's that can be paid for. None: payments without one."""
        return None

    def start(self, payable: models.Model | None) -> KhaltiPayment:
        """A new payment for it, at least Rs 20, as the site starts payments. A ``Payable`` says what it costs."""
        thing: Any = payable
        if isinstance(thing, Payable):
            return _pay_anew(thing)
        customer = Customer(name="Sita Rai", email="sita@example.com", phone="9800000001")
        return start_payment(
            Paisa(150_000),
            purpose="Receiver conformance",
            payable=payable,
            customer=customer,
            base_url=BASE_URL,
        )

    # Shared by the checks

    def rehearse(self, check: str, *, is_live: bool = True) -> AbstractContextManager[Rehearsal]:
        """Raises ``SkipTest`` if the site is exempt."""
        self.skip_if_exempt(check)
        return rehearsal(
            is_live=is_live,
            rule=RULES[check],
            ignored=self.ignored_models,
            seconds=self.max_seconds,
            network="network" in self.exempt,
        )

    def skip_if_exempt(self, check: str) -> None:
        """Raises ``SkipTest`` with the site's reason."""
        self._require_known_exemptions()
        if check in self.exempt:
            raise SkipTest(self.exempt[check])

    def start_new(self) -> KhaltiPayment:
        """A payment for a new payable."""
        return self.start(self.make_payable())

    def one_delivery(self, check: str, *, is_live: bool = True) -> Rehearsal:
        """Started, paid, delivered."""
        with self.rehearse(check, is_live=is_live) as run:
            payment = run.start(self.start_new)
            run.at_khalti("pay", payment)
            run.deliver(payment)
        return run

    def differences(self, check: str, changes: Iterable[Change]) -> list[str]:
        """From one delivery that nothing interrupts. What looks different is compared with more of those."""
        found, changes = [], list(changes)
        for runs in (RUNS, MORE_RUNS):
            usual = stable_facts([self.one_delivery(check).changes() for _ in range(runs)])
            found = list(differences(usual, changes))
            if not found:
                break
        return found

    def require_plain_delivery(self) -> None:
        """Raises ``SkipTest`` if that doesn't work either."""
        try:
            self.one_delivery("delivery")
        except DoesNotConform as error:
            raise SkipTest("see test_delivery: not even an uninterrupted delivery works") from error

    def _require_known_exemptions(self) -> None:
        for name, reason in self.exempt.items():
            if name not in RULES:
                raise ValueError(f"exempt has {name!r}, must be one of: {', '.join(RULES)}")
            if not reason.strip():
                raise ValueError(f"exempt has no reason for {name!r}")


def _pay_anew(payable: Payable) -> KhaltiPayment:
    """Never the open payment again. If that one holds the last units, it is as if its reservation had ended by now."""
    try:
        return pay(payable, base_url=BASE_URL, idempotency_key=uuid4().hex)
    except SoldOut:
        return pay(payable, base_url=BASE_URL, idempotency_key=uuid4().hex, reservation=None)
