"""The columns of a payment."""

from __future__ import annotations

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _

from wagtail_khalti.conf import Mode
from wagtail_khalti.database.primary import OnPrimary
from wagtail_khalti.models.references import new_reference
from wagtail_khalti.models.status import Status


class PaymentColumns(OnPrimary):
    """Amounts are in paisa."""

    reference = models.CharField(_("reference"), max_length=32, default=new_reference, editable=False)
    idempotency_key = models.CharField(_("idempotency key"), max_length=128, null=True, blank=True, editable=False)  # noqa: DJ001 - unique where given
    status = models.CharField(_("status"), max_length=20, choices=Status.choices, default=Status.CREATED)
    is_late = models.BooleanField(_("late payment"), default=False)

    amount = models.BigIntegerField(_("amount (paisa)"))
    fee = models.BigIntegerField(_("fee (paisa)"), null=True, blank=True)
    refund_total = models.BigIntegerField(_("refunded (paisa)"), default=0, editable=False)
    """The sum of all refunds that have not failed, also of one in progress."""
    purpose = models.CharField(_("description"), max_length=255)
    breakdown = models.JSONField(_("breakdown"), default=list, blank=True)
    products = models.JSONField(_("products"), default=list, blank=True)
    merchant_extra = models.JSONField(_("extra values for Khalti"), default=dict, blank=True)
    metadata = models.JSONField(_("metadata"), default=dict, blank=True)

    merchant = models.CharField(_("merchant"), max_length=64)
    mode = models.CharField(_("mode"), max_length=16, choices=Mode.choices)
    key_fingerprint = models.CharField(_("key fingerprint"), max_length=16)

    purchase_order_id = models.CharField(_("Khalti order ID"), max_length=64)
    pidx = models.CharField(_("pidx"), max_length=64, null=True, blank=True)  # noqa: DJ001 - unique where known
    transaction_id = models.CharField(_("Khalti transaction ID"), max_length=64, blank=True)
    khalti_status = models.CharField(_("Khalti status"), max_length=200, blank=True)
    payment_url = models.CharField(_("payment link"), max_length=2000, blank=True)
    return_url = models.CharField(_("return URL"), max_length=500)
    website_url = models.CharField(_("website URL"), max_length=500)

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
    back_url = models.CharField(_("back URL"), max_length=2000, blank=True)
    success_url = models.CharField(_("success URL"), max_length=2000, blank=True)
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
    is_repeat = models.BooleanField(_("repeat purchase"), default=False, editable=False)
    """Begun although the same was paid before, because somebody said that a second payment is meant."""
    may_be_duplicate = models.BooleanField(_("possible duplicate"), default=False, editable=False)
    """The same customer began another payment for the same offer shortly before or after."""
    is_primary = models.BooleanField(_("primary payment"), null=True, blank=True, editable=False)
    """True for the one payment that bought its payable, or NULL: as for ``KhaltiIssue.is_open``."""
    duplicate_of = models.ForeignKey(
        "wagtail_khalti.KhaltiPayment",
        verbose_name=_("duplicate of"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        editable=False,
    )
    """The payment that had bought the same payable before. The money of this one came, and nothing was bought with it."""

    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    initiating_at = models.DateTimeField(_("being sent since"), null=True, blank=True)
    initiated_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    expires_at = models.DateTimeField(_("link expires at"), null=True, blank=True)
    completed_at = models.DateTimeField(_("completed at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    looked_up_at = models.DateTimeField(_("looked up at"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("money confirmed at"), null=True, blank=True)
    """When the lookup began that last said the money came. Khalti may forget for a moment, and say Pending again."""
    returned_at = models.DateTimeField(_("last returned at"), null=True, blank=True, editable=False)
    """When a browser last came to our return URL, whatever it brought."""
    checked_at = models.DateTimeField(_("last checked at"), null=True, blank=True)
    next_check_at = models.DateTimeField(_("next check at"), null=True, blank=True)
    """When it is looked up again by itself; NULL for never. See ``ledger.schedule``."""
    is_urgent = models.BooleanField(_("urgent"), default=False, editable=False)
    """Its visitor came back and Khalti has not answered since, or Khalti's last answer was Pending."""
    leased_until = models.DateTimeField(_("leased until"), null=True, blank=True, editable=False)
    """While a run is working on it. The lease of a run that was killed ends by itself."""
    refunding_since = models.DateTimeField(_("being refunded since"), null=True, blank=True, editable=False)
    """While a refund is in progress: there is one at a time."""

    class Meta:
        abstract = True
