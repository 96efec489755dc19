"""A proxy of the payments for plain Wagtail views: the same table, other properties."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.functional import cached_property

from wagtail_khalti.dates.nepali import format_bs
from wagtail_khalti.models import KhaltiPayment, KhaltiRefund
from wagtail_khalti.models.refund import DONE, IN_PROGRESS


class PlainPayment(KhaltiPayment):
    """Each column of an export is a property, as in Wagtail's manual. The values are those of the package's export."""

    class Meta:
        proxy = True
        default_permissions = ()

    @property
    def started(self) -> str:
        return format_time(self.created_at)

    @property
    def started_bs(self) -> str:
        return format_day_bs(self.created_at)

    @property
    def paid(self) -> str:
        return format_time(self.completed_at)

    @property
    def paid_bs(self) -> str:
        return format_day_bs(self.completed_at)

    @property
    def rupees(self) -> Decimal:
        return in_rupees(self.amount)

    @property
    def gross(self) -> Decimal | str:
        return in_rupees(self.amount) if self.is_paid else ""

    @property
    def fee_rupees(self) -> Decimal | str:
        return "" if self.fee is None or not self.is_paid else in_rupees(self.fee)

    @property
    def refunded(self) -> Decimal | str:
        return in_rupees(self._refunded) if self.is_paid else ""

    @property
    def net(self) -> Decimal | str:
        return in_rupees(self.amount - self._refunded - (self.fee or 0)) if self.is_paid else ""

    @property
    def unconfirmed(self) -> Decimal | str:
        return in_rupees(self._unconfirmed) if self._unconfirmed else ""

    @property
    def refundable_balance(self) -> Decimal | str:
        return in_rupees(self.amount - self._refunded - self._unconfirmed) if self.is_paid else ""

    @property
    def refund_count(self) -> int | str:
        return sum(refund.state in DONE for refund in self._refunds) or ""

    @property
    def refund_details(self) -> str:
        return "; ".join(
            f"{format_time(refund.resolved_at)[:10]}: {in_rupees(refund.amount or 0)} ({refund.get_method_display()})"
            for refund in self._refunds
            if refund.state in DONE
        )

    @property
    def hostname(self) -> str:
        return self.site.hostname if self.site else ""

    @cached_property
    def _refunds(self) -> list[KhaltiRefund]:
        """Loaded only for payments with refunds: prefetching them for a million rows is too much for SQLite."""
        return list(self.refunds.all()) if self.refund_total else []

    @cached_property
    def _refunded(self) -> int:
        return sum(refund.amount or 0 for refund in self._refunds if refund.state in DONE)

    @cached_property
    def _unconfirmed(self) -> int:
        return sum(refund.amount or 0 for refund in self._refunds if refund.state in IN_PROGRESS)


def in_rupees(paisa: int) -> Decimal:
    return Decimal(paisa).scaleb(-2)


def format_time(moment: datetime | None) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M:%S") if moment else ""


def format_day_bs(moment: datetime | None) -> str:
    return format_bs(timezone.localtime(moment).date()) if moment else ""
