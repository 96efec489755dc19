"""A site with a shop, a Khalti in another process, a clock, and a process to kill."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tests.crash.other_khalti import OtherKhalti
from tests.crash.shop import Shop
from tests.shop.models import Order
from wagtail_khalti.actions import check_payment, start_payment
from wagtail_khalti.exceptions import GatewayError
from wagtail_khalti.models import KhaltiPayment


@dataclass(frozen=True, kw_only=True)
class World:
    khalti: OtherKhalti
    shop: Shop
    clock: Any
    shop_page: Callable[[], Any]
    """The page with a checkout block."""

    def thing(self) -> Order:
        """What can be sold once."""
        return Order.objects.create(note="thing")

    def start(self, order: Order, *, key: str | None = None) -> KhaltiPayment:
        return start_payment(150_000, purpose="Order", payable=order, idempotency_key=key, base_url="http://testserver")

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

    def failing(self, *, times: int) -> KhaltiPayment:
        """Paid, and the site's code has failed so often on the news."""
        payment = self.paid()
        self.shop.is_broken = True
        for _time in range(times):
            check_payment(payment)
            self.minutes_go_by(10)
        return payment

    def minutes_go_by(self, minutes: int) -> None:
        self.clock.shift(timedelta(minutes=minutes))

    @staticmethod
    def without(expected: type[Exception], act: Callable[[], Any]) -> None:
        with suppress(expected):
            act()
