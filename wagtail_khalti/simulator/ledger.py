"""What Khalti's books say, for comparing with a merchant's own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from wagtail_khalti.simulator.models import PAID, SimulatedPayment

PAGE = 1000  # rows read at a time, so that memory stays flat


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One payment as Khalti has it now; amounts in paisa."""

    pidx: str
    purchase_order_id: str
    status: str
    amount: int
    paid: int
    """What the payer gave: the amount, or nothing. What went back later is not taken off."""
    fee: int
    refunded: bool
    """Whether some or all of it went back."""
    returned: int
    """What went back so far."""
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
    """All payments in the order in which they began."""
    after = 0
    while rows := _rows_after(after):
        yield from map(Entry.of, rows)
        after = rows[-1].pk


def page(after: str = "") -> tuple[list[Entry], str]:
    """At most ``PAGE`` payments that began after this pidx, and the pidx to go on after; empty at the end."""
    found = _rows_after(SimulatedPayment.objects.get(pidx=after).pk if after else 0)
    return [Entry.of(payment) for payment in found], found[-1].pidx if len(found) == PAGE else ""


def _rows_after(pk: int) -> list[SimulatedPayment]:
    return list(SimulatedPayment.objects.filter(pk__gt=pk).order_by("pk")[:PAGE])
