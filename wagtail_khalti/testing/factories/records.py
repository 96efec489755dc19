"""The rows of one payment, until they are saved together."""

from __future__ import annotations

from django.db import transaction

from wagtail_khalti.ledger.receipt_numbers import prepare_counter, take_number
from wagtail_khalti.models import (
    KhaltiDelivery,
    KhaltiEvent,
    KhaltiIssue,
    KhaltiPayment,
    KhaltiReceiptCounter,
    KhaltiRefund,
    KhaltiSearchEntry,
)
from wagtail_khalti.models.reporting import invalidate_days_of


class Records:
    """A payment and all related rows, unsaved."""

    def __init__(self, payment: KhaltiPayment) -> None:
        self.payment = payment
        self.events: list[KhaltiEvent] = []
        self.refunds: list[KhaltiRefund] = []
        self.issues: list[KhaltiIssue] = []
        self.deliveries: list[KhaltiDelivery] = []

    def save(self) -> KhaltiPayment:
        """Save all rows raw, as ``loaddata`` does, so that ``created_at`` is not overwritten."""
        payment = self.payment
        with transaction.atomic():
            self._number()
            payment.save_base(raw=True)
            rows: list[KhaltiRefund | KhaltiIssue | KhaltiDelivery]
            rows = [*self.refunds, *self.issues, *self.deliveries]
            for row in rows:
                row.payment = payment
                if isinstance(row, KhaltiDelivery):
                    row.refund, row.issue = row.refund, row.issue  # they have primary keys now
                row.save_base(raw=True)
            KhaltiEvent.objects.bulk_create(self.events)
            KhaltiSearchEntry.objects.bulk_create(KhaltiSearchEntry.about(payment))
            invalidate_days_of(
                payment.created_at, payment.completed_at, *(refund.resolved_at for refund in self.refunds)
            )
        return payment

    def _number(self) -> None:
        """The next receipt number, unless it has one."""
        payment = self.payment
        if not payment.is_paid or payment.completed_at is None or payment.receipt_number is not None:
            return
        prepare_counter(payment, paid_at=payment.completed_at)
        columns = take_number(payment, paid_at=payment.completed_at)
        payment.receipt_year = columns["receipt_year"]
        payment.receipt_number = KhaltiReceiptCounter.objects.get(
            merchant=payment.merchant, mode=payment.mode, year=payment.receipt_year
        ).last_number
