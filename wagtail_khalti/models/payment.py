"""A payment: its rules and its indexes."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from wagtail_khalti.conf import Mode
from wagtail_khalti.dates.days import as_utc
from wagtail_khalti.models.payment_columns import PaymentColumns
from wagtail_khalti.models.queries import KhaltiPaymentQuerySet
from wagtail_khalti.models.references import format_receipt_number, in_groups_of_four, masked, receipt_signer
from wagtail_khalti.models.status import PAID, SOFT_ENDS, WAITING, Status
from wagtail_khalti.money import Paisa, format_rupees
from wagtail_khalti.pricing.chosen_amount import IDENTITY as CHOSEN_AMOUNT

if TYPE_CHECKING:
    from wagtail_khalti.models.delivery import KhaltiDelivery

PREFIX_OPS = ["varchar_pattern_ops"]  # PostgreSQL needs it for prefix searches; other databases ignore it


class KhaltiPayment(PaymentColumns):
    """Amounts are in paisa. Only the ledger changes ``status``, except that ``actions.initiate`` sets ``initiated``."""

    begun_delivery: KhaltiDelivery | None = None
    """The delivery whose first attempt belongs to the holder of this object. In memory only."""

    undelivered: int
    """Only set by ``whole_with_deliveries``."""

    objects: ClassVar = KhaltiPaymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["-created_at", "-pk"]
        default_permissions = ("view",)
        permissions = [
            ("view_personal_khaltipayment", _("Can view personal data")),
            ("check_khaltipayment", _("Can check payment with Khalti")),
            ("refund_khaltipayment", _("Can refund payment")),
            ("export_khaltipayment", _("Can export payment")),
            ("view_page_khaltipayment", _("Can view payments of own pages")),
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
            models.CheckConstraint(condition=models.Q(units__gt=0), name="khalti_payment_units_positive"),
            models.CheckConstraint(condition=models.Q(status__in=Status.values), name="khalti_payment_status_known"),
            models.CheckConstraint(condition=~models.Q(pidx=""), name="khalti_payment_pidx_not_blank"),
            models.UniqueConstraint(fields=["reference"], name="khalti_payment_reference_unique", opclasses=PREFIX_OPS),
            models.UniqueConstraint(fields=["idempotency_key"], name="khalti_payment_idempotency_unique"),
            models.UniqueConstraint(
                fields=["purchase_order_id"], name="khalti_payment_order_unique", opclasses=PREFIX_OPS
            ),
            models.UniqueConstraint(fields=["pidx"], name="khalti_payment_pidx_unique", opclasses=PREFIX_OPS),
            models.UniqueConstraint(
                fields=["payable_type", "payable_id", "mode", "is_primary"], name="khalti_payment_one_primary"
            ),
            # The account comes last, so that its index also serves a search for a number.
            models.UniqueConstraint(
                fields=["mode", "receipt_year", "receipt_number", "merchant"], name="khalti_payment_receipt_unique"
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "mode", "next_check_at", "id"], name="khalti_payment_due"),
            models.Index(fields=["is_urgent", "merchant", "mode", "next_check_at", "id"], name="khalti_payment_urgent"),
            # The payment list: always one mode, by time or by amount.
            models.Index(fields=["mode", "created_at", "id"], name="khalti_payment_started"),
            models.Index(fields=["mode", "status", "created_at", "id"], name="khalti_payment_status"),
            models.Index(fields=["mode", "completed_at", "id"], name="khalti_payment_paid"),
            models.Index(fields=["mode", "amount", "id"], name="khalti_payment_amount"),
            models.Index(fields=["site", "mode", "created_at", "id"], name="khalti_payment_site"),
            models.Index(fields=["source_type", "source_id", "mode", "created_at"], name="khalti_payment_source"),
            # Needed when a referenced row is deleted; the other foreign keys are the first column of an index above.
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
            models.Index(
                fields=["inventory", "mode", "status"],
                name="khalti_payment_inventory",
                condition=models.Q(inventory__isnull=False),
            ),
            # Those whose personal data is still there, the oldest first.
            models.Index(fields=["anonymized_at", "created_at", "id"], name="khalti_payment_personal"),
            # A user's own payments.
            models.Index(
                fields=["user", "created_at", "id"], name="khalti_payment_user", condition=models.Q(user__isnull=False)
            ),
            # Searched by staff, in full or by prefix.
            models.Index(fields=["transaction_id"], name="khalti_payment_transaction", opclasses=PREFIX_OPS),
            models.Index(fields=["customer_email"], name="khalti_payment_email", opclasses=PREFIX_OPS),
            models.Index(fields=["customer_phone"], name="khalti_payment_phone", opclasses=PREFIX_OPS),
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
        """In groups of four, for reading aloud."""
        return in_groups_of_four(self.reference)

    @property
    def readable_receipt_number(self) -> str:
        """``2083/84-00042``, in the numerals of the active language; of a test payment it says so.

        Empty before it is paid.
        """
        if self.receipt_year is None or self.receipt_number is None:
            return ""
        return format_receipt_number(self.receipt_year, self.receipt_number, is_test=self.is_test)

    @property
    def is_test(self) -> bool:
        """Whether no money moves."""
        return self.mode != Mode.LIVE

    @property
    def is_paid(self) -> bool:
        """Whether Khalti confirmed the payment, regardless of later refunds."""
        return self.status in PAID

    @property
    def refundable(self) -> Paisa:
        """What can still be refunded, in paisa."""
        return Paisa(self.amount - self.refund_total)

    @property
    def is_ended(self) -> bool:
        """Whether it ended without being paid, by cancelling, expiry or failure. A late payment is still possible."""
        return self.status in SOFT_ENDS

    @property
    def is_waiting(self) -> bool:
        """Whether it has no final status yet."""
        return self.status in WAITING

    @property
    def has_expired_link(self) -> bool:
        """Whether the payment link has expired by our clock. Only Khalti decides whether the payment has."""
        return self.expires_at is not None and self.expires_at <= timezone.now()

    @property
    def next_url(self) -> str:
        """Where to send its visitor: to Khalti's page while it can be paid there, else to our status page.

        A URL of ours has no scheme and host.
        """
        if self.status == Status.CREATED:
            return reverse("wagtail_khalti:continue", args=[self.reference])
        can_be_paid = self.is_waiting and self.payment_url and not self.has_expired_link
        if can_be_paid and not (self.checked_at and self.issues.open().payment_unclear().exists()):
            return self.payment_url
        return self.get_absolute_url()

    def as_dict(self) -> dict[str, Any]:
        """For a JSON response: amounts in paisa, times in UTC. Contains nothing about the payer."""
        with override("en"):  # its numerals
            receipt_number = self.readable_receipt_number
        names = ("reference", "status", "purpose", "purchase_order_id", "transaction_id", "amount", "refund_total")
        states = ("refundable", "is_paid", "is_ended", "is_test", "next_url")
        times = ("created_at", "expires_at", "completed_at", "ended_at")
        return {
            **{name: getattr(self, name) for name in (*names, *states)},
            "currency": "NPR",
            "receipt_number": receipt_number,
            **{name: as_utc(getattr(self, name)) for name in times},
        }

    @property
    def has_lost_payable(self) -> bool:
        """Whether its payable has been deleted since, or the payable's model has."""
        if self.payable_type_id is None:
            return False
        is_known = self.payable_class is not None and self.payable_class.model_class() is not None
        try:
            return not is_known or self.payable is None
        except (ValueError, ValidationError):
            return True  # the type of the model's key has changed

    @property
    def has_chosen_amount(self) -> bool:
        """Whether the payer chose the amount, as with a donation."""
        return any(product.get("identity") == CHOSEN_AMOUNT for product in self.products)

    @property
    def contact(self) -> models.Q | None:
        """Matches payments of the same customer by e-mail or mobile number; None if neither was given."""
        columns = {"customer_email": self.customer_email, "customer_phone": self.customer_phone}
        same = [models.Q(**{column: value}) for column, value in columns.items() if value]
        return reduce(or_, same) if same else None

    def primary_for_same_payable(self) -> KhaltiPayment | None:
        """The primary payment for the same payable in the same mode, or None.

        The keys are compared again here, because MariaDB takes "a" for "A".
        """
        if not self.payable_type_id:
            return None
        same = KhaltiPayment.objects.filter(
            payable_type=self.payable_type_id, payable_id=self.payable_id, mode=self.mode, is_primary=True
        )
        return next((payment for payment in same if payment.payable_id == self.payable_id), None)

    def has_personal_data_again(self) -> None:
        """Call it before something is stored that may be about a person: what was anonymised has to be once more."""
        if self.anonymized_at is not None:
            KhaltiPayment.objects.filter(pk=self.pk).update(anonymized_at=None)
            self.anonymized_at = None

    @property
    def masked_phone(self) -> str:
        """``98XXXXX001``, masked as Khalti does: enough to recognise your own number."""
        return masked(self.customer_phone)
