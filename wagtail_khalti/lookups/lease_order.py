"""The order in which a run leases due payments: likely ones first, without starving the others."""

from __future__ import annotations

from collections.abc import Collection

from wagtail_khalti.conf import Merchant
from wagtail_khalti.lookups.leases import lease_due_payments
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.models.queries import KhaltiPaymentQuerySet as Payments

OLDEST_DUE = (Payments.due,)
LIKELY = (Payments.urgent, Payments.newly_due)
"""Urgent ones first, then those that became due most recently, before abandoned ones."""


class LeaseQueue:
    """Of one run. Half of all leases are for the longest overdue payments, however many others there are.

    So at most twice as many payments as were due before it come before a payment, and starting new payments can't delay
    it further. Amounts don't matter: anybody can start a payment of a large amount without paying it.
    """

    def __init__(self) -> None:
        self._lanes = [OLDEST_DUE, LIKELY]

    def lease(self, count: int, merchants: Collection[Merchant]) -> list[KhaltiPayment]:
        """Up to ``count`` due payments."""
        leased: list[KhaltiPayment] = []
        for lane, until in zip(self._lanes, (count - count // 2, count), strict=True):
            for order in lane:
                if len(leased) < until:
                    leased += lease_due_payments(until - len(leased), merchants, order=order)
            if len(leased) < until:
                break  # no more are due
        self._lanes.reverse()  # with a single lease at a time the lanes alternate
        return leased
