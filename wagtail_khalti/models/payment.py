"""A payment: its rules and its indexes."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wagtail_khalti.conf import Mode
from wagtail_khalti.models.payment_columns import PaymentColumns
from wagtail_khalti.models.queries import KhaltiPaymentQuerySet
from wagtail_khalti.models.references import in_groups_of_four, masked, receipt_signer
from wagtail_khalti.models.status import PAID, WAITING, Status
from wagtail_khalti.money import Paisa, format_rupees

if TYPE_CHECKING:
    from wagtail_khalti.models.delivery import KhaltiDelivery

BEGINNINGS = ["varchar_pattern_ops"]  # PostgreSQL needs it to find by how a text begins; others pay no heed to it


class KhaltiPayment(PaymentColumns):
    """Amounts are in paisa. Only the ledger changes ``status``, and ``actions.initiate`` its first step."""

    begun_delivery: KhaltiDelivery | None = None
    """The one that whoever holds this object has begun to make. In memory only."""
    owes_notice: bool = False
    """Whether whoever holds this object has made a refund that its customer is to be told of. In memory only."""

    undelivered: int
    """Only where ``whole_with_deliveries`` read it."""

    objects: ClassVar = KhaltiPaymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["-created_at", "-pk"]
        default_permissions = ("view",)
        permissions = [
            ("view_personal_khaltipayment", _("Can see personal data")),
            ("check_khaltipayment", _("Can check payment with Khalti")),
            ("refund_khaltipayment", _("Can refund payment")),
            ("export_khaltipayment", _("Can export payment")),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="khalti_payment_amount_positive"),
            models.CheckConstraint(
                condition=models.Q(refund_total__gte=0, refund_total__lte=models.F("amount")),
                name="khalti_payment_refunds_within_amount",
            ),
            models.CheckConstraint(
                condition=models.Q(fee__isnull=True) | models.Q(fee__gte=0),
                name="khalti_payment_fee_not_negative",
            ),
            models.CheckConstraint(condition=models.Q(status__in=Status.values), name="khalti_payment_status_known"),
            models.CheckConstraint(condition=~models.Q(pidx=""), name="khalti_payment_pidx_not_blank"),
            models.UniqueConstraint(fields=["reference"], name="khalti_payment_reference_unique", opclasses=BEGINNINGS),
            models.UniqueConstraint(fields=["idempotency_key"], name="khalti_payment_idempotency_unique"),
            models.UniqueConstraint(
                fields=["purchase_order_id"], name="khalti_payment_order_unique", opclasses=BEGINNINGS
            ),
            models.UniqueConstraint(fields=["pidx"], name="khalti_payment_pidx_unique", opclasses=BEGINNINGS),
            models.UniqueConstraint(
                fields=["payable_type", "payable_id", "mode", "is_primary"], name="khalti_payment_one_primary"
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "mode", "next_check_at", "id"], name="khalti_payment_due"),
            models.Index(fields=["is_urgent", "merchant", "mode", "next_check_at", "id"], name="khalti_payment_urgent"),
            # What staff look through: always the payments of one mode, by time or by amount.
            models.Index(fields=["mode", "created_at", "id"], name="khalti_payment_started"),
            models.Index(fields=["mode", "status", "created_at", "id"], name="khalti_payment_status"),
            models.Index(fields=["mode", "completed_at", "id"], name="khalti_payment_paid"),
            models.Index(fields=["mode", "amount", "id"], name="khalti_payment_amount"),
            models.Index(fields=["site", "mode", "created_at", "id"], name="khalti_payment_site"),
            models.Index(fields=["source_type", "source_id", "mode", "created_at"], name="khalti_payment_source"),
            # What deleting looks for; the other keys to other tables begin one of the above.
            models.Index(
                fields=["duplicate_of"],
                name="khalti_payment_duplicate",
                condition=models.Q(duplicate_of__isnull=False),
            ),
            models.Index(
                fields=["payable_class"],
                name="khalti_payment_payable_class",
                condition=models.Q(payable_class__isnull=False),
            ),
            # What staff look for: all of it, or how it begins.
            models.Index(fields=["transaction_id"], name="khalti_payment_transaction", opclasses=BEGINNINGS),
            models.Index(fields=["customer_email"], name="khalti_payment_email", opclasses=BEGINNINGS),
            models.Index(fields=["customer_phone"], name="khalti_payment_phone", opclasses=BEGINNINGS),
        ]

    def __str__(self) -> str:
        return f"{self.readable_reference} · {self.purpose} · {format_rupees(self.amount)}"

    def get_absolute_url(self) -> str:
        """The visitor's page of this payment."""
        return reverse("wagtail_khalti:payment", args=[self.reference])

    def get_receipt_url(self) -> str:
        """Likewise, signed: it shows the payer's name as well. For those who may know it, such as the payer."""
        return reverse("wagtail_khalti:receipt", args=[receipt_signer().sign(self.reference)])

    @property
    def readable_reference(self) -> str:
        """In groups of four, as it is read out."""
        return in_groups_of_four(self.reference)

    @property
    def is_test(self) -> bool:
        """Whether no money moves."""
        return self.mode != Mode.LIVE

    @property
    def is_paid(self) -> bool:
        """Whether Khalti confirmed the money, whatever went back later."""
        return self.status in PAID

    @property
    def refundable(self) -> Paisa:
        """What can still be given back, in paisa."""
        return Paisa(self.amount - self.refund_total)

    @property
    def is_waiting(self) -> bool:
        """Whether Khalti has yet to say how it ends."""
        return self.status in WAITING

    @property
    def has_run_out(self) -> bool:
        """Whether the payment link is over by the clock. Only Khalti can say whether the payment is."""
        return self.expires_at is not None and self.expires_at <= timezone.now()

    @property
    def next_url(self) -> str:
        """Where its visitor goes now: Khalti's page while it can be paid there, or else ours that says how it stands.

        Without a scheme and host where it is ours.
        """
        if self.status == Status.CREATED:
            return reverse("wagtail_khalti:continue", args=[self.reference])
        can_be_paid = self.is_waiting and self.payment_url and not self.has_run_out
        if can_be_paid and not (self.checked_at and self.issues.open().doubting_the_money().exists()):
            return self.payment_url
        return self.get_absolute_url()

    @property
    def has_lost_payable(self) -> bool:
        """Whether it was for something of the site's that has been deleted since, or whose model has."""
        if self.payable_type_id is None:
            return False
        is_known = self.payable_class is not None and self.payable_class.model_class() is not None
        try:
            return not is_known or self.payable is None
        except (ValueError, ValidationError):
            return True  # its model has keys of another kind by now

    @property
    def contact(self) -> models.Q | None:
        """Finds the payments of the same customer, by any way to reach them; None where they gave none."""
        ways = {"customer_email": self.customer_email, "customer_phone": self.customer_phone}
        same = [models.Q(**{column: value}) for column, value in ways.items() if value]
        return reduce(or_, same) if same else None

    def primary_for_same_payable(self) -> KhaltiPayment | None:
        """The payment that bought the same payable in the same mode; None where that is not sold.

        Also where MariaDB takes one thing for another, "a" for "A".
        """
        if not self.payable_type_id:
            return None
        same = KhaltiPayment.objects.filter(
            payable_type=self.payable_type_id, payable_id=self.payable_id, mode=self.mode, is_primary=True
        )
        return next((sale for sale in same if sale.payable_id == self.payable_id), None)

    @property
    def masked_phone(self) -> str:
        """``98XXXXX001``: enough to recognise one's own number, as Khalti masks it."""
        return masked(self.customer_phone)
