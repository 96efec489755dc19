"""One run: people, Khalti, a shop, a clock, and our code, which is killed now and then. All from one seed."""

import random
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar

from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from tests.crash.shop import Shop
from tests.crash.steps import Killed, watched
from tests.crash.victim import run_in_a_process
from tests.shop.models import Order
from wagtail_khalti.exceptions import (
    AlreadyDelivered,
    GatewayError,
    IssueAlreadyResolved,
    NotRefundable,
    RefundAlreadyResolved,
)
from wagtail_khalti.models import KhaltiPayment, KhaltiRefund
from wagtail_khalti.simulator.models import SimulatedPayment
from wagtail_khalti.testing.fake import FakeKhalti

EXPECTED = (GatewayError, AlreadyDelivered, IssueAlreadyResolved, NotRefundable, RefundAlreadyResolved)
"""What our verbs may raise here; anything else ends the run as a failure."""

SHARE_OF_KILLS = 0.2
SHARE_OF_MEANWHILES = 0.2
MOST_STEPS = 16  # of a verb, roughly: a kill after its last step is one after all was done, and nobody heard

Result = TypeVar("Result")


@dataclass
class Wish:
    """Of a visitor, to buy a thing."""

    number: int
    thing: Order
    amount: int
    began_at: Any
    has_link: bool = False
    """Whether the visitor has seen the link to Khalti, and so can pay."""

    @property
    def key(self) -> str:
        return f"wish-{self.number}"

    @property
    def payment(self) -> KhaltiPayment | None:
        return KhaltiPayment.objects.filter(idempotency_key=self.key).first()

    def __str__(self) -> str:
        return f"visitor {self.number}"


def is_about_refunds(seed: int) -> bool:
    """Half of the runs, of those that are killed for real, too."""
    return bool(seed // 10 % 2)


@dataclass
class Run:
    seed: int
    khalti: FakeKhalti
    shop: Shop
    clock: Any
    manager: User
    kills_for_real: bool = False
    """With SIGKILL, in a process of its own, instead of an exception."""

    wishes: list[Wish] = field(default_factory=list)
    by_bank: set[int] = field(default_factory=set)
    """Payments that came through a bank."""

    presses: list[Any] = field(default_factory=list)
    """Buttons that managers have pressed."""

    elsewhere: Counter[str] = field(default_factory=Counter)
    """Paisa that went back in Khalti's dashboard, by pidx."""

    unseen: dict[str, int | None] = field(default_factory=dict)
    """So much of it as no answer of Khalti's tells; None where it can't be told apart from a refund of ours."""

    timeline: list[str] = field(default_factory=list)
    is_calm: bool = False
    """Nothing is killed any more, and nobody comes between."""

    kills: int = 0
    seen: set[str] = field(default_factory=set)
    """Statuses, reviews and events that it had in the end."""

    meanwhile: Callable[[], None] | None = None
    """What happens while our code waits for Khalti."""

    _is_inside: bool = False
    _at_hand: Wish | None = None

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)

    def tell(self, line: str) -> None:
        self.timeline.append(f"{'    meanwhile ' if self._is_inside else ''}{line}")

    def wish(self) -> Wish | None:
        """Anybody's; while something else goes on, rather the same one's."""
        if self._at_hand and self._is_inside and self.chance.random() < 0.7:
            return self._at_hand
        chosen = self.chance.choice(self.wishes) if self.wishes else None
        if not self._is_inside:
            self._at_hand = chosen
        return chosen

    def paid(self) -> KhaltiPayment | None:
        """A payment of which the site knows that it was paid."""
        if self._at_hand and self._is_inside and (payment := self._at_hand.payment) and payment.is_paid:
            return payment
        payments = [(wish, wish.payment) for wish in self.wishes]
        paid = [(wish, payment) for wish, payment in payments if payment and payment.is_paid]
        wish, payment = self.chance.choice(paid) if paid else (None, None)
        if not self._is_inside:
            self._at_hand = wish
        return payment

    @staticmethod
    def returned(payment: KhaltiPayment) -> int:
        """What went back, as Khalti's dashboard shows it."""
        return SimulatedPayment.objects.get(pidx=payment.pidx).refunded_amount

    def was_made(self, refund: KhaltiRefund) -> bool:
        """Whether the dashboard shows more than what was made there, and what is known of ours."""
        payment = refund.payment
        known = sum(other.amount for other in payment.refunds.filter(state="succeeded"))
        return self.returned(payment) > self.elsewhere[payment.pidx] + known

    def note_in_the_dashboard(self, payment: KhaltiPayment, paisa: int) -> None:
        pidx = payment.pidx
        self.elsewhere[pidx] += paisa
        refunds = list(payment.refunds.all())
        if any(refund.is_in_progress for refund in refunds):
            self.unseen[pidx] = None
        elif any(refund.is_done and refund.is_at_khalti and not refund.lacks_amount for refund in refunds):
            before = self.unseen.get(pidx, 0)
            self.unseen[pidx] = None if before is None else before + paisa

    def time_goes_by(self, **length: float) -> None:
        self.clock.shift(timedelta(**length))

    def age(self, wish: Wish) -> timedelta:
        return timezone.now() - wish.began_at

    def ours(self, name: str, act: Callable[[], Result]) -> Result | None:
        """Our code acts. None where it was killed, or where it raised what it may raise: nobody saw a result then."""
        if self._is_inside or self.is_calm:
            self.tell(name)
            return self._calmly(act)
        fate, step = self.chance.random(), self.chance.randrange(MOST_STEPS)
        if fate < SHARE_OF_KILLS:
            return self._until_killed(name, act, step)
        if fate < SHARE_OF_KILLS + SHARE_OF_MEANWHILES:
            return self._with_company(name, act, step % 4)
        self.tell(name)
        return self._calmly(act)

    def _calmly(self, act: Callable[[], Result]) -> Result | None:
        try:
            return act()
        except EXPECTED as error:
            self.tell(f"    raised {type(error).__name__}")
            return None

    def _until_killed(self, name: str, act: Callable[[], Result], step: int) -> None:
        self.kills += 1
        self.tell(f"{name}, killed {'for real ' if self.kills_for_real else ''}before step {step}")
        if self.kills_for_real:
            run_in_a_process(lambda: self._calmly(act), kill_at=step)
            return

        def on_step(number: int, what: str) -> None:
            if number == step:
                self.tell(f"    dies before: {what}")
                connection.close()
                raise Killed

        with suppress(Killed), watched(on_step):
            self._calmly(act)

    def _with_company(self, name: str, act: Callable[[], Result], step: int) -> Result | None:
        """Just before a request to Khalti, or with its answer on the way, something else happens, and takes its time.

        Between two steps no transaction is open there, so one thread is enough for two that act at the same time.
        """
        self.tell(name)

        def on_step(number: int, what: str) -> None:
            if (
                self._is_inside
                or not what.endswith(("to Khalti", "to lookup", "to initiate", "to refund"))
                or self.meanwhile is None
            ):
                return
            if self.chance.randrange(3) == step % 3:
                assert not connection.in_atomic_block, f"Khalti is asked inside a transaction: {what}"
                self._is_inside = True
                self.time_goes_by(seconds=1)
                try:
                    self.meanwhile()
                finally:
                    self._is_inside = False

        with watched(on_step):
            return self._calmly(act)
