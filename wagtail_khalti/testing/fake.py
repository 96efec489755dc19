"""A fake visitor and a fake Khalti, controlled by a test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

from django.test import Client
from django.utils import timezone

from wagtail_khalti.actions import initiate
from wagtail_khalti.gateway import connect, transport
from wagtail_khalti.lookups import lookup
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.simulator import control
from wagtail_khalti.simulator.control import Endpoint, Fault, Return
from wagtail_khalti.testing.in_process import InProcessAdapter


@contextmanager
def fake_khalti() -> Iterator[FakeKhalti]:
    """A Khalti in this process, for any test runner: payments start, are paid and looked up without a network."""
    connect.cache_clear()
    with (
        patch.object(transport, "OneAnswerAdapter", lambda **options: InProcessAdapter()),
        patch.object(initiate, "call_briefly", _call_here),
        patch.object(lookup, "call_briefly", _call_here),
    ):
        try:
            yield FakeKhalti()
        finally:
            connect.cache_clear()  # the clients made here lead to the simulator


def _call_here(merchant: str, request: Callable[[], Any], **late: object) -> Any:
    """In this thread, whose database connection the simulator needs; it responds at once anyway."""
    return request()


class FakeKhalti:
    """Moves payments in the simulator. As with the real Khalti, the site finds out only by a lookup."""

    def __init__(self) -> None:
        self._lost_callbacks: set[str] = set()

    def begin(self, payment: KhaltiPayment) -> None:
        """The visitor has signed in at Khalti and not finished."""
        control.begin(_pidx(payment))

    def pay(self, payment: KhaltiPayment, *, bank: bool = False) -> None:
        """The visitor pays from the wallet, or through a bank."""
        control.pay(_pidx(payment), bank=bank)

    def cancel(self, payment: KhaltiPayment) -> None:
        """The visitor cancels on Khalti's page."""
        control.cancel(_pidx(payment))

    def expire(self, payment: KhaltiPayment) -> None:
        """The payment link expires."""
        control.expire(_pidx(payment))

    def fail(self, payment: KhaltiPayment) -> None:
        """Khalti can't take the money."""
        control.fail(_pidx(payment))

    def refund_in_dashboard(self, payment: KhaltiPayment, *, amount: int | None = None, partial: bool = False) -> None:
        """The merchant refunds in Khalti's dashboard: ``amount`` paisa, or half of the balance, or all of it."""
        control.refund(_pidx(payment), amount=amount, partial=partial)

    def lose_callback(self, payment: KhaltiPayment) -> None:
        """The browser never comes back. Time passes, until the next ``reconcile()`` checks the payment."""
        self._lost_callbacks.add(_pidx(payment))
        KhaltiPayment.objects.filter(pk=payment.pk).update(next_check_at=timezone.now(), leased_until=None)

    def return_to_site(self, client: Client, payment: KhaltiPayment, how: Return | str = Return.ONCE) -> Any:
        """The browser comes back and follows all redirects: the last response, or None if it never returns."""
        responses = [client.get(path, follow=True) for path in self.return_paths(payment, how)]
        return responses[-1] if responses else None

    def return_path(self, payment: KhaltiPayment) -> str:
        """Where Khalti would send the browser now: path and query on this site."""
        return _path(control.callback_url(_pidx(payment)))

    def return_paths(self, payment: KhaltiPayment, how: Return | str = Return.ONCE) -> list[str]:
        """The paths that the browser visits in turn: none if it never returns, two if it returns twice."""
        if _pidx(payment) in self._lost_callbacks:
            how = Return.NEVER
        return [_path(address) for address in control.returns(_pidx(payment), how)]

    def trouble(
        self, endpoint: Endpoint, fault: Fault | str, *, times: int = 1, payment: KhaltiPayment | None = None
    ) -> None:
        """The next calls of ``endpoint`` (for this payment) have this fault. A check makes up to three calls."""
        control.trouble(endpoint, fault, times=times, **_identified_by(endpoint, payment))

    def no_more_trouble(self) -> None:
        """Remove all faults."""
        control.forget_troubles()

    def calls(self, endpoint: Endpoint, payment: KhaltiPayment | None = None) -> int:
        """The number of calls (for this payment) that Khalti received, including those with faults."""
        return control.calls(endpoint, **_identified_by(endpoint, payment))

    def answer_lookup(self, payment: KhaltiPayment, *, times: int = 1, http_status: int = 200, **changes: Any) -> None:
        """The next lookups of this payment report Completed with the right amount, except for ``changes``.

        A change to ``...`` removes the field.
        """
        default: dict[str, Any] = {
            "pidx": payment.pidx,
            "total_amount": payment.amount,
            "status": "Completed",
            "transaction_id": "GFq9PFS7b2iYvL8Lir9oXe",
            "fee": 0,
            "refunded": False,
        }
        body = {name: value for name, value in {**default, **changes}.items() if value is not ...}
        control.answer_with("lookup", status=http_status, body=body, times=times, pidx=_pidx(payment))

    def answer(self, endpoint: Endpoint, body: str | dict[str, Any], **options: Any) -> None:
        """The next response of ``endpoint``, verbatim. See ``simulator.control.answer_with``."""
        control.answer_with(endpoint, body=body, **options)


def _path(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def _identified_by(endpoint: Endpoint, payment: KhaltiPayment | None) -> dict[str, Any]:
    """Before it has a pidx, a payment is identified by our order ID."""
    if payment is None:
        return {}
    return {"order_id": payment.purchase_order_id} if endpoint == "initiate" else {"pidx": _pidx(payment)}


def _pidx(payment: KhaltiPayment) -> str:
    if payment.pidx is None:
        raise ValueError("This payment has no pidx: start it first")
    return payment.pidx
