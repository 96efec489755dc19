"""Khalti in a process of its own, with a database of its own: what happened there stays when we are killed."""

from collections.abc import Mapping
from typing import Any

from tests.simulator.controller import Controller
from wagtail_khalti.models import KhaltiPayment


class OtherKhalti:
    def __init__(self, controller: Controller) -> None:
        self._controller = controller
        self._last = ""
        self.is_lying = False

    def pay(self, payment: KhaltiPayment, *, bank: bool = False) -> None:
        """By the link that the visitor has."""
        self._move(payment, "pay", bank=bank)

    def cancel(self, payment: KhaltiPayment) -> None:
        self._move(payment, "cancel")

    def refund(self, payment: KhaltiPayment, **options: int) -> None:
        """In the merchant's dashboard."""
        self._move(payment, "refund", **options)

    def returned(self, payment: KhaltiPayment) -> int:
        """What went back so far, as the dashboard shows it."""
        return int(self._controller.payment(payment.pidx)["returned"])

    def next_refund_meets(self, fault: str) -> None:
        self._controller.trouble("refund", fault)

    def always_answers(self, payment: KhaltiPayment, fault: str) -> None:
        self.is_lying = True
        self._controller.trouble("lookup", fault, times=1000, pidx=payment.pidx)

    def refuses_the_next_start(self) -> None:
        self._controller.trouble("initiate", "bad_gateway")

    def tells_the_truth(self) -> None:
        self.is_lying = False
        self._controller.forget_troubles()

    def return_path(self, payment: KhaltiPayment) -> str:
        [address] = self._controller.returns(payment.pidx, "once")
        return address.removeprefix("http://testserver")

    def entries(self) -> list[Mapping[str, Any]]:
        """Its books since the page was turned, and how often it was asked to give money back."""
        books = self._controller.payments(after=self._last)
        assert not books["next"], "more than one page of books"
        return [{**entry, "refund_calls": self._refund_calls(entry)} for entry in books["payments"]]

    def turn_the_page(self) -> None:
        self.tells_the_truth()
        if entries := self.entries():
            self._last = entries[-1]["pidx"]

    def _refund_calls(self, entry: Mapping[str, Any]) -> int:
        return int(self._controller.calls(endpoint="refund", pidx=entry["pidx"])) if entry["paid"] else 0

    def _move(self, payment: KhaltiPayment, move: str, **options: Any) -> None:
        assert payment.pidx, "nobody has a link to it"
        self._controller.move(payment.pidx, move, **options)
