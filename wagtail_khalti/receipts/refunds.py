"""Refunds as the customer sees them: without unconfirmed ones, reasons and mobile numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from wagtail_khalti.formatting import format_time
from wagtail_khalti.models import KhaltiPayment, KhaltiRefund
from wagtail_khalti.models.refund import Method
from wagtail_khalti.models.status import WITH_REFUNDS, Status
from wagtail_khalti.money import format_rupees

TO_ORIGINAL_METHOD = _("The money is returned to the original payment method, usually within two working days.")
TO_KHALTI_ACCOUNT = _("The money is sent to a Khalti account, usually within two working days.")
BY_BANK_TRANSFER = _("The money was sent by bank transfer.")
IN_CASH = _("The money was refunded in cash.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRefund:
    """One refund, in the language that is active when its properties are read."""

    refund: KhaltiRefund

    @property
    def amount(self) -> str:
        """Empty if it is not known."""
        return "" if self.refund.amount is None else format_rupees(self.refund.amount, get_language())

    @property
    def moment(self) -> str:
        """When it was sent to Khalti, or recorded by a person; one that was found at Khalti was made before that."""
        moment = format_time(self.refund.sent_at or self.refund.created_at, with_zone=True)
        is_found = self.refund.method == Method.DASHBOARD
        return gettext("before %(moment)s") % {"moment": moment} if is_found else moment

    @property
    def where(self) -> str:
        """The destination of the money."""
        if self.refund.method == Method.CASH:
            return str(IN_CASH)
        if self.refund.method == Method.BANK_TRANSFER:
            return str(BY_BANK_TRANSFER)
        return str(TO_KHALTI_ACCOUNT if self.refund.mobile else TO_ORIGINAL_METHOD)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundSummary:
    """All refunds of a payment."""

    payment: KhaltiPayment
    refunds: Sequence[ShownRefund]

    @property
    def is_all(self) -> bool:
        """By Khalti's status, or by the sum of the refunds: Khalti doesn't know of cash refunds."""
        return self.payment.status == Status.REFUNDED or not self._balance

    @property
    def refundable(self) -> str:
        """What is not refunded; empty if that is nothing, or not known."""
        is_known = self.refunds and not any(shown.refund.lacks_amount for shown in self.refunds)
        return format_rupees(self._balance, get_language()) if is_known and not self.is_all else ""

    @property
    def where(self) -> str:
        """The destination of all refunds; empty if they differ."""
        destinations = {refund.where for refund in self.refunds} or {str(TO_ORIGINAL_METHOD)}
        return destinations.pop() if len(destinations) == 1 else ""

    @property
    def _balance(self) -> int:
        """Not ``payment.refundable``, which is less while a refund is in progress: its amount is reserved."""
        return self.payment.amount - sum(shown.refund.amount or 0 for shown in self.refunds)


def refund_summary_of(payment: KhaltiPayment) -> RefundSummary | None:
    """None if there are none; for most payments that needs no query."""
    if not payment.refund_total and payment.status not in WITH_REFUNDS:
        return None
    refunds = [ShownRefund(refund=refund) for refund in payment.refunds.all() if refund.is_done]
    is_any = bool(refunds) or payment.status in WITH_REFUNDS
    return RefundSummary(payment=payment, refunds=refunds) if is_any else None
