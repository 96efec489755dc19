"""What the payments of a page come to."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet, Sum

from wagtail_khalti.models import KhaltiPayment, KhaltiRefund
from wagtail_khalti.models.status import PAID, WAITING


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTotals:
    """Amounts are in paisa."""

    paid: int
    """Number of payments, also of those that were refunded."""
    waiting: int
    """Number of payments in progress."""
    gross: int
    fee: int
    refunded: int
    """By refunds that are known to have been made."""

    @property
    def net(self) -> int:
        return self.gross - self.fee - self.refunded


def totals_of(payments: QuerySet[KhaltiPayment]) -> PageTotals:
    """In two queries, however many payments there are. They are of one mode."""
    is_paid = Q(status__in=PAID)
    sums = payments.order_by().aggregate(
        paid=Count("pk", filter=is_paid),
        waiting=Count("pk", filter=Q(status__in=WAITING)),
        gross=Sum("amount", filter=is_paid),
        fee=Sum("fee", filter=is_paid),
    )
    refunds = KhaltiRefund.objects.done().filter(payment__in=payments.order_by().values("pk"))
    refunded = refunds.order_by().aggregate(refunded=Sum("amount"))
    return PageTotals(**{name: found or 0 for name, found in (sums | refunded).items()})
