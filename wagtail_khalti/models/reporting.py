"""What each day came to: kept, so that the figures of a year need not be counted anew."""

from __future__ import annotations

import hashlib
import uuid

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _

from wagtail_khalti.conf import Mode
from wagtail_khalti.database.primary import OnPrimary


class Dimensions(OnPrimary):
    """Whose payments, and where on the site they began."""

    mode = models.CharField(_("mode"), max_length=16, choices=Mode.choices)
    merchant = models.CharField(_("merchant"), max_length=64)
    site = models.ForeignKey(
        "wagtailcore.Site",
        verbose_name=_("site"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    source_type = models.ForeignKey(
        ContentType,
        verbose_name=_("source type"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    source_id = models.CharField(_("source id"), max_length=64, blank=True)
    source_title = models.CharField(_("source"), max_length=255, blank=True)
    block_path = models.CharField(_("block"), max_length=1000, blank=True)

    class Meta:
        abstract = True


class KhaltiSnapshot(OnPrimary):
    """A day that is over and whose totals are kept, or are being counted.

    Whatever later changes a payment that this day counts writes another ``stamp`` in the same transaction; what was
    counted under an earlier stamp is worth nothing.
    """

    day = models.DateField(_("day"), unique=True)
    """In Nepal."""
    version = models.CharField(_("version"), max_length=32)
    is_current = models.BooleanField(_("counted"), default=False)

    class Meta:
        verbose_name = _("counted day")
        verbose_name_plural = _("counted days")
        ordering = ["day"]
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.day)


class KhaltiDailyTotal(Dimensions):
    """What one day came to in one place. Amounts are in paisa. Always what the payments and refunds themselves say."""

    day = models.DateField(_("day"))

    started = models.PositiveIntegerField(_("started"), default=0)
    """Payments that were begun on this day, and, of these, however much later:"""
    sent = models.PositiveIntegerField(_("sent to Khalti"), default=0)
    paid = models.PositiveIntegerField(_("paid"), default=0)
    canceled = models.PositiveIntegerField(_("canceled"), default=0)
    expired = models.PositiveIntegerField(_("expired"), default=0)
    failed = models.PositiveIntegerField(_("failed"), default=0)
    times_to_pay = models.JSONField(_("times to pay"), default=dict)
    """How many needed how long from start to payment, by ``actions.count.bucket_of``: of all the places of this merchant
    and site together, on one of them. Empty on the others."""

    payments = models.PositiveIntegerField(_("payments"), default=0)
    """That came in on this day, whenever they were begun."""
    gross = models.BigIntegerField(_("gross (paisa)"), default=0)
    fee = models.BigIntegerField(_("fee (paisa)"), default=0)
    refund_count = models.PositiveIntegerField(_("refunds"), default=0)
    """That were made on this day, of whichever payments."""
    refunded = models.BigIntegerField(_("refunded (paisa)"), default=0)

    class Meta:
        verbose_name = _("total of a day")
        verbose_name_plural = _("totals of days")
        ordering = ["day", "pk"]
        default_permissions = ()
        indexes = [models.Index(fields=["mode", "day"], name="khalti_daily_total_day")]

    def __str__(self) -> str:
        return f"{self.day} · {self.source_title or '–'}"


class KhaltiCheckoutView(Dimensions):
    """How often the checkout page of one block was opened on a day. Only a count: nothing of who it was."""

    day = models.DateField(_("day"))
    dimensions = models.CharField(_("dimensions"), max_length=64)
    """A hash of all that makes the place, for the unique key: the columns would be too long for one."""
    count = models.PositiveIntegerField(_("times opened"), default=0)

    class Meta:
        verbose_name = _("checkout_view")
        verbose_name_plural = _("openings")
        ordering = ["day", "pk"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["day", "dimensions"], name="khalti_checkout_view_once")]
        indexes = [models.Index(fields=["mode", "day"], name="khalti_checkout_view_day")]

    def __str__(self) -> str:
        return f"{self.day} · {self.source_title or '–'} · {self.count}"


ZONE_LENGTH, VERSION_LENGTH = 8, 32


def zone_mark() -> str:
    """Where moments are stored without a zone, another one in the settings makes them others: all is counted anew."""
    zone = f"Nepal {settings.USE_TZ or settings.TIME_ZONE}"
    return hashlib.sha256(zone.encode()).hexdigest()[:ZONE_LENGTH]


def new_version() -> str:
    """Another one for every change of a day, and for every way to store moments."""
    return (zone_mark() + uuid.uuid4().hex)[:VERSION_LENGTH]
