"""What went back, as the customer may see it: nothing that is undecided, no reason, and no number of a mobile."""

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

TO_WHERE_IT_CAME_FROM = _("The money goes back to where it was paid from, usually within two working days.")
TO_AN_ACCOUNT = _("The money goes to a Khalti account, usually within two working days.")
BY_BANK_TRANSFER = _("The money was sent by bank transfer.")
IN_CASH = _("The money was given back in cash.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRefund:
    """One refund, written in the language that is active when it is read."""

    refund: KhaltiRefund

    @property
    def amount(self) -> str:
        """Empty where it is not known."""
        return "" if self.refund.amount is None else format_rupees(self.refund.amount, get_language())

    @property
    def moment(self) -> str:
        """When Khalti was asked, or a person recorded it; what was found at Khalti was made some time before."""
        moment = format_time(self.refund.sent_at or self.refund.created_at, with_zone=True)
        is_found = self.refund.method == Method.DASHBOARD
        return gettext("before %(moment)s") % {"moment": moment} if is_found else moment

    @property
    def where(self) -> str:
        """Where the money goes."""
        if self.refund.method == Method.CASH:
            return str(IN_CASH)
        if self.refund.method == Method.BANK_TRANSFER:
            return str(BY_BANK_TRANSFER)
        return str(TO_AN_ACCOUNT if self.refund.mobile else TO_WHERE_IT_CAME_FROM)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundSummary:
    """All that went back of a payment."""

    payment: KhaltiPayment
    refunds: Sequence[ShownRefund]

    @property
    def is_all(self) -> bool:
        """Khalti says so, or it adds up to the amount: of cash Khalti knows nothing."""
        return self.payment.status == Status.REFUNDED or not self._left

    @property
    def refundable(self) -> str:
        """What is still paid; empty where that is nothing, or not known."""
        is_known = self.refunds and not any(made.refund.lacks_amount for made in self.refunds)
        return format_rupees(self._left, get_language()) if is_known and not self.is_all else ""

    @property
    def where(self) -> str:
        """Where all of it goes; empty where it goes several ways."""
        places = {made.where for made in self.refunds} or {str(TO_WHERE_IT_CAME_FROM)}
        return places.pop() if len(places) == 1 else ""

    @property
    def _left(self) -> int:
        """Not ``payment.refundable``, which is less while a refund is in progress: its amount is reserved."""
        return self.payment.amount - sum(made.refund.amount or 0 for made in self.refunds)


def refund_summary_of(payment: KhaltiPayment) -> RefundSummary | None:
    """None where nothing did; the payment itself tells that of most, without a query."""
    if not payment.refund_total and payment.status not in WITH_REFUNDS:
        return None
    refunds = [ShownRefund(refund=refund) for refund in payment.refunds.all() if refund.is_done]
    is_any = bool(refunds) or payment.status in WITH_REFUNDS
    return RefundSummary(payment=payment, refunds=refunds) if is_any else None
