"""The simulator's payments, for comparing with a merchant's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from wagtail_khalti.simulator.models import PAID, SimulatedPayment

PAGE = 1000  # rows read at a time, to limit memory


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A payment in its current status; amounts in paisa."""

    pidx: str
    purchase_order_id: str
    status: str
    amount: int
    paid: int
    """The amount, or 0 if it is not paid. Refunds are not subtracted."""
    fee: int
    refunded: bool
    """Whether any of it was refunded."""
    returned: int
    """The refunded amount."""
    transaction_id: str

    @classmethod
    def of(cls, payment: SimulatedPayment) -> Entry:
        status = payment.status
        return cls(
            pidx=payment.pidx,
            purchase_order_id=payment.purchase_order_id,
            status=status.value,
            amount=payment.amount,
            paid=payment.amount if status in PAID else 0,
            fee=payment.fee,
            refunded=payment.refunded_amount > 0,
            returned=payment.refunded_amount,
            transaction_id=payment.transaction_id,
        )


def entries() -> Iterator[Entry]:
    """All payments in the order of their start."""
    after = 0
    while rows := _rows_after(after):
        yield from map(Entry.of, rows)
        after = rows[-1].pk


def page(after: str = "") -> tuple[list[Entry], str]:
    """At most ``PAGE`` payments after this pidx, and the pidx of the next page's ``after``; empty at the end."""
    found = _rows_after(SimulatedPayment.objects.get(pidx=after).pk if after else 0)
    return [Entry.of(payment) for payment in found], found[-1].pidx if len(found) == PAGE else ""


def _rows_after(pk: int) -> list[SimulatedPayment]:
    return list(SimulatedPayment.objects.filter(pk__gt=pk).order_by("pk")[:PAGE])
