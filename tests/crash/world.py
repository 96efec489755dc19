"""A site with a shop, a Khalti in another process, a clock, and a process to kill."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import connection

from tests.begun_before import as_if_begun_before
from tests.crash.other_khalti import OtherKhalti
from tests.crash.shop import Shop
from tests.crash.steps import Killed, watched
from tests.shop.models import Order
from wagtail_khalti.actions import check_payment, refund_payment, resolve_refund, start_payment
from wagtail_khalti.exceptions import GatewayError, KhaltiError
from wagtail_khalti.models import KhaltiPayment


@dataclass(frozen=True, kw_only=True)
class World:
    khalti: OtherKhalti
    shop: Shop
    clock: Any
    manager: User
    """May give money back."""
    shop_page: Callable[[], Any]
    """The page with a checkout block."""

    def thing(self) -> Order:
        """What can be sold once."""
        return Order.objects.create(note="thing")

    def start(self, order: Order, *, key: str | None = None) -> KhaltiPayment:
        terms = {"purpose": "Order", "idempotency_key": key, "base_url": "http://testserver"}
        with as_if_begun_before():
            return start_payment(150_000, payable=order, **terms)

    def start_while_khalti_is_down(self) -> KhaltiPayment:
        self.khalti.refuses_the_next_start()
        with suppress(GatewayError):
            self.start(self.thing())
        return KhaltiPayment.objects.get()

    def paid(self, order: Order | None = None) -> KhaltiPayment:
        """Its visitor has paid, and the site doesn't know."""
        payment = self.start(order or self.thing())
        self.khalti.pay(payment)
        return payment

    def sold(self, order: Order | None = None, *, bank: bool = False) -> KhaltiPayment:
        """Paid for Rs 1,500, and the site knows."""
        payment = self.start(order or self.thing())
        self.khalti.pay(payment, bank=bank)
        return check_payment(payment)

    def refund(self, payment: KhaltiPayment, amount: int | None = None, **options: Any) -> Any:
        """By the manager, who may be told that it can't be now."""
        with suppress(KhaltiError):
            return refund_payment(payment, amount, by=self.manager, **options)

    def see_to_it(self, payment: KhaltiPayment, total: int, **options: Any) -> None:
        """As a manager does until ``total`` is given back: waits, looks into Khalti's dashboard, begins anew."""
        self.minutes_go_by(20)
        check_payment(payment)
        for refund in payment.refunds.in_progress():
            resolve_refund(refund, was_found=self.khalti.returned(payment) == payment.refund_total, by=self.manager)
        payment.refresh_from_db()
        if payment.refund_total < total:
            refund_payment(payment, total - payment.refund_total, by=self.manager, **options)

    def failing(self, *, times: int) -> KhaltiPayment:
        """Paid, and the site's code has failed so often on the event."""
        payment = self.paid()
        self.shop.is_broken = True
        for _time in range(times):
            check_payment(payment)
            self.minutes_go_by(10)
        return payment

    @staticmethod
    def dies(act: Callable[[], Any], *, before: str) -> None:
        """Long ago, and in this process: what is killed in the scenario comes later."""

        def on_step(_number: int, name: str) -> None:
            if name == before:
                connection.close()
                raise Killed

        with suppress(Killed), watched(on_step):
            act()

    def minutes_go_by(self, minutes: int) -> None:
        self.clock.shift(timedelta(minutes=minutes))

    @staticmethod
    def without(expected: type[Exception], act: Callable[[], Any]) -> None:
        with suppress(expected):
            act()
