"""One wish to pay, and what became of it."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, ClassVar

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wagtail_khalti.conf import Mode
from wagtail_khalti.models.primary import OnPrimary
from wagtail_khalti.models.queries import KhaltiPaymentQuerySet
from wagtail_khalti.models.references import in_groups_of_four, masked, new_reference, receipt_signer
from wagtail_khalti.models.status import PAID, WAITING, Status
from wagtail_khalti.money import Paisa, format_rupees

if TYPE_CHECKING:
    from wagtail_khalti.models.delivery import KhaltiDelivery

BEGINNINGS = ["varchar_pattern_ops"]  # PostgreSQL needs it to find by how a text begins; others pay no heed to it


class KhaltiPayment(OnPrimary):
    """Amounts are in paisa. Only ``actions`` change ``status``."""

    reference = models.CharField(_("reference"), max_length=32, default=new_reference, editable=False)
    idempotency_key = models.CharField(_("idempotency key"), max_length=128, null=True, blank=True, editable=False)  # noqa: DJ001 - unique where given
    status = models.CharField(_("status"), max_length=20, choices=Status.choices, default=Status.CREATED)
    is_late = models.BooleanField(_("paid after an end"), default=False)

    amount = models.BigIntegerField(_("amount (paisa)"))
    fee = models.BigIntegerField(_("fee (paisa)"), null=True, blank=True)
    refund_total = models.BigIntegerField(_("given back (paisa)"), default=0, editable=False)
    """The sum of all refunds that are not refused, also of one that is on its way."""
    purpose = models.CharField(_("purpose"), max_length=255)
    breakdown = models.JSONField(_("breakdown"), default=list, blank=True)
    products = models.JSONField(_("products"), default=list, blank=True)
    merchant_extra = models.JSONField(_("extra values for Khalti"), default=dict, blank=True)
    metadata = models.JSONField(_("metadata"), default=dict, blank=True)

    merchant = models.CharField(_("merchant"), max_length=64)
    mode = models.CharField(_("mode"), max_length=16, choices=Mode.choices)
    key_fingerprint = models.CharField(_("key fingerprint"), max_length=16)

    purchase_order_id = models.CharField(_("order id at Khalti"), max_length=64)
    pidx = models.CharField(_("pidx"), max_length=64, null=True, blank=True)  # noqa: DJ001 - unique where known
    transaction_id = models.CharField(_("transaction id"), max_length=64, blank=True)
    khalti_status = models.CharField(_("status in Khalti's words"), max_length=200, blank=True)
    payment_url = models.CharField(_("payment link"), max_length=2000, blank=True)
    return_url = models.CharField(_("return address"), max_length=500)
    website_url = models.CharField(_("website address"), max_length=500)

    customer_name = models.CharField(_("name"), max_length=255, blank=True)
    customer_email = models.EmailField(_("e-mail"), blank=True)
    customer_phone = models.CharField(_("mobile number"), max_length=20, blank=True)
    language = models.CharField(_("language"), max_length=20, blank=True)

    site = models.ForeignKey(
        "wagtailcore.Site",
        verbose_name=_("site"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
    )
    source_type = models.ForeignKey(
        ContentType,
        verbose_name=_("source type"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
    )
    source_id = models.CharField(_("source id"), max_length=64, blank=True)
    source = GenericForeignKey("source_type", "source_id")
    source_title = models.CharField(_("source"), max_length=255, blank=True)
    block_path = models.CharField(_("block"), max_length=1000, blank=True)
    offer = models.TextField(_("offer"), blank=True)
    back_url = models.CharField(_("way back"), max_length=2000, blank=True)
    success_url = models.CharField(_("where the site goes on"), max_length=2000, blank=True)
    thank_you_page = models.CharField(_("thank-you page"), max_length=64, blank=True)

    payable_type = models.ForeignKey(
        ContentType,
        verbose_name=_("payable type"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
    )
    """Of one thing always the same, also with multi-table inheritance: the topmost class that shares its key."""
    payable_id = models.CharField(_("payable id"), max_length=64, blank=True)
    payable_class = models.ForeignKey(
        ContentType,
        verbose_name=_("payable class"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
        editable=False,
    )
    """The class that the site's code gave, which ``payable`` is read as."""
    payable = GenericForeignKey("payable_class", "payable_id")
    is_repeat = models.BooleanField(_("paid again on purpose"), default=False, editable=False)
    """Begun although the same was paid before, because somebody said that a second payment is meant."""
    may_be_duplicate = models.BooleanField(_("begun twice"), default=False, editable=False)
    """The same customer began another payment for the same offer shortly before or after."""
    is_primary = models.BooleanField(_("counts as the sale"), null=True, blank=True, editable=False)
    """True for the one payment that bought its payable, or NULL: as for ``KhaltiIssue.is_open``."""
    duplicate_of = models.ForeignKey(
        "self",
        verbose_name=_("paid already with"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        editable=False,
    )
    """The payment that had bought the same payable before. The money of this one came, and nothing was sold for it."""

    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    initiating_at = models.DateTimeField(_("being sent since"), null=True, blank=True)
    initiated_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    expires_at = models.DateTimeField(_("link expires at"), null=True, blank=True)
    completed_at = models.DateTimeField(_("completed at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    looked_up_at = models.DateTimeField(_("last evidence asked at"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("money confirmed at"), null=True, blank=True)
    """When Khalti was asked that last said the money came. It may forget for a moment, and say Pending again."""
    returned_at = models.DateTimeField(_("last came back at"), null=True, blank=True, editable=False)
    """When a browser last came to our return address, with whatever in its hands."""
    checked_at = models.DateTimeField(_("last checked at"), null=True, blank=True)
    next_check_at = models.DateTimeField(_("next check at"), null=True, blank=True)
    """When Khalti is to be asked without anybody's doing; NULL for never. See ``actions.schedule``."""
    is_urgent = models.BooleanField(_("to be checked first"), default=False, editable=False)
    """Somebody came back and Khalti has not answered since, or its last answer was that somebody is paying."""
    leased_until = models.DateTimeField(_("being checked until"), null=True, blank=True, editable=False)
    """While a run has it in hand. A run that was killed has no need to give it back."""
    refunding_since = models.DateTimeField(_("being refunded since"), null=True, blank=True, editable=False)
    """While it is not known what became of a refund: there is one at a time."""

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
            # What staff look through: always the payments of one mode, the newest first.
            models.Index(fields=["mode", "created_at", "id"], name="khalti_payment_started"),
            models.Index(fields=["mode", "status", "created_at", "id"], name="khalti_payment_status"),
            models.Index(fields=["mode", "completed_at", "id"], name="khalti_payment_paid"),
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
