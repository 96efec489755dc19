"""The columns of a payment."""

from __future__ import annotations

from django.conf import settings
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
    answers = models.JSONField(_("answers"), default=list, blank=True)
    """To the editor's questions, in the order of the form and in the words that the visitor saw: dicts of ``name``,
    ``label``, ``kind``, ``value`` and ``on_receipt``, as in ``Answer``. Personal data."""

    merchant = models.CharField(_("Khalti account"), max_length=64)
    mode = models.CharField(_("mode"), max_length=16, choices=Mode.choices)
    key_fingerprint = models.CharField(_("key fingerprint"), max_length=16)

    purchase_order_id = models.CharField(_("Khalti order ID"), max_length=64)
    pidx = models.CharField(_("pidx"), max_length=64, null=True, blank=True)  # noqa: DJ001 - unique where known
    transaction_id = models.CharField(_("Khalti transaction ID"), max_length=64, blank=True)
    receipt_year = models.PositiveSmallIntegerField(_("receipt year"), null=True, blank=True, editable=False)
    """The BS year in which the fiscal year of the receipt number begins."""
    receipt_number = models.PositiveIntegerField(_("receipt number"), null=True, blank=True, editable=False)
    """Consecutive per account and fiscal year, from 1. See ``ledger.receipt_numbers``."""
    receipt_issued_at = models.DateTimeField(_("receipt issued at"), null=True, blank=True, editable=False)
    """When the original of the receipt was e-mailed or downloaded. Later ones say that they are copies."""
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
    cancel_url = models.CharField(_("cancel URL"), max_length=2000, blank=True)
    thank_you_page = models.CharField(_("thank-you page"), max_length=64, blank=True)

    inventory = models.ForeignKey(
        "wagtail_khalti.KhaltiInventory",
        verbose_name=_("inventory"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="payments",
        db_index=False,
        editable=False,
    )
    """What the units are taken from; NULL where nothing is limited."""
    units = models.PositiveIntegerField(_("units"), default=1, editable=False)
    """How many of a limited number it takes."""

    payable_type = models.ForeignKey(
        ContentType,
        verbose_name=_("payable type"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
    )
    """With multi-table inheritance the topmost class that shares the key: the same, however the object was read."""
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
    """The class that the site's code passed, and that ``payable`` returns."""
    payable = GenericForeignKey("payable_class", "payable_id")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("user"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
        editable=False,
    )
    """Whose payment it is, if the site's code said so. Blocks don't: a page with one knows no user."""
    request_digest = models.CharField(max_length=64, blank=True, editable=False)
    """Of what a program requested with this ``idempotency_key``: the same key with another request is an error."""
    is_repeat = models.BooleanField(_("repeat purchase"), default=False, editable=False)
    """Started although the same was paid before, after confirmation that a second payment is intended."""
    may_be_duplicate = models.BooleanField(_("possible duplicate"), default=False, editable=False)
    """The same customer started another payment for the same offer shortly before or after."""
    is_primary = models.BooleanField(_("primary payment"), null=True, blank=True, editable=False)
    """True for the one payment that paid for its payable, else NULL, as with ``KhaltiIssue.is_open``."""
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
    """The primary payment for the same payable. This one was paid too, and the site gets no event for it."""

    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    initiating_at = models.DateTimeField(_("initiation started at"), null=True, blank=True)
    initiated_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    expires_at = models.DateTimeField(_("link expires at"), null=True, blank=True)
    completed_at = models.DateTimeField(_("completed at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    looked_up_at = models.DateTimeField(_("looked up at"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("payment confirmed at"), null=True, blank=True)
    """When the last lookup that confirmed the payment began. Afterwards Khalti may briefly report Pending again."""
    returned_at = models.DateTimeField(_("last returned at"), null=True, blank=True, editable=False)
    """When a browser last opened our return URL, whatever its parameters."""
    checked_at = models.DateTimeField(_("last checked at"), null=True, blank=True)
    next_check_at = models.DateTimeField(_("next check at"), null=True, blank=True)
    """When it is next looked up automatically; NULL for never. See ``ledger.schedule``."""
    is_urgent = models.BooleanField(_("urgent"), default=False, editable=False)
    """Its visitor returned and no lookup has succeeded since, or Khalti last reported Pending."""
    leased_until = models.DateTimeField(_("leased until"), null=True, blank=True, editable=False)
    """While a run is working on it. The lease of a killed run expires."""
    refunding_since = models.DateTimeField(_("refund in progress since"), null=True, blank=True, editable=False)
    """Set while a refund is in progress; a payment has at most one at a time."""
    anonymized_at = models.DateTimeField(_("anonymised at"), null=True, blank=True, editable=False)
    """When the personal data was erased; NULL again once staff add some, such as a note. See ``privacy``."""

    class Meta:
        abstract = True
