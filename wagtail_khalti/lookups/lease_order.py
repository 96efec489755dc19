"""Which of the due payments a run asks about first: those likely to be paid, and yet none waits for ever."""

from __future__ import annotations

from collections.abc import Collection

from wagtail_khalti.conf import Merchant
from wagtail_khalti.lookups.leases import lease_due_payments
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.models.queries import KhaltiPaymentQuerySet as Payments

OLDEST_DUE = (Payments.due,)
LIKELY = (Payments.urgent, Payments.newly_due)
"""Signs of life first; then what became due a moment ago, before what nobody has finished for a long time."""


class LeaseQueue:
    """Of one run. Half of all places are for the longest overdue, however many others there are.

    So what is due waits for no more than twice as many as were due before it, and it can't be made to wait by starting
    payments after it. Amounts don't count: they cost nothing to whoever doesn't mean to pay them.
    """

    def __init__(self) -> None:
        self._lanes = [OLDEST_DUE, LIKELY]

    def lease(self, places: int, merchants: Collection[Merchant]) -> list[KhaltiPayment]:
        """As many as there are places, where so many are due."""
        leased: list[KhaltiPayment] = []
        for lane, until in zip(self._lanes, (places - places // 2, places), strict=True):
            for order in lane:
                if len(leased) < until:
                    leased += lease_due_payments(until - len(leased), merchants, order=order)
            if len(leased) < until:
                break  # there are no more
        self._lanes.reverse()  # a single place is of each in turn
        return leased
