"""Daily totals, stored so that a report of a year need not aggregate all payments."""

from __future__ import annotations

import hashlib
import uuid
from datetime import datetime

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from wagtail_khalti.conf import Mode
from wagtail_khalti.database.primary import OnPrimary
from wagtail_khalti.dates.days import today
from wagtail_khalti.dates.nepali import day_in_nepal


class Dimensions(OnPrimary):
    """What figures are split by."""

    mode = models.CharField(_("mode"), max_length=16, choices=Mode.choices)
    merchant = models.CharField(_("Khalti account"), max_length=64)
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
    """A closed day whose totals are stored, or being aggregated.

    Any later change of a payment of this day writes a new ``version`` in the same transaction; totals aggregated under
    an earlier version are discarded.
    """

    day = models.DateField(_("day"), unique=True)
    """Of Nepal's time zone."""
    version = models.CharField(_("version"), max_length=32)
    is_current = models.BooleanField(_("current"), default=False)

    class Meta:
        verbose_name = _("daily snapshot")
        verbose_name_plural = _("daily snapshots")
        ordering = ["day"]
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.day)


class KhaltiDailyTotal(Dimensions):
    """The totals of one day and one set of dimensions, in paisa. They always equal those of the payments themselves."""

    day = models.DateField(_("day"))

    started = models.PositiveIntegerField(_("started"), default=0)
    """Payments that were started on this day, and, of these, however much later:"""
    sent = models.PositiveIntegerField(_("sent to Khalti"), default=0)
    paid = models.PositiveIntegerField(_("paid"), default=0)
    canceled = models.PositiveIntegerField(_("cancelled"), default=0)
    expired = models.PositiveIntegerField(_("expired"), default=0)
    failed = models.PositiveIntegerField(_("failed"), default=0)
    times_to_pay = models.JSONField(_("times to pay"), default=dict)
    """Number of payments by time from start to payment, see ``reporting.aggregates.bucket_of``. One row has those of
    all pages and blocks of this merchant and site; it is empty on the others."""

    payments = models.PositiveIntegerField(_("payments"), default=0)
    """Paid on this day, whenever they were started."""
    gross = models.BigIntegerField(_("gross (paisa)"), default=0)
    fee = models.BigIntegerField(_("fee (paisa)"), default=0)
    refund_count = models.PositiveIntegerField(_("refunds"), default=0)
    """Made on this day, of whichever payments."""
    refunded = models.BigIntegerField(_("refunded (paisa)"), default=0)

    class Meta:
        verbose_name = _("daily total")
        verbose_name_plural = _("daily totals")
        ordering = ["day", "pk"]
        default_permissions = ()
        indexes = [models.Index(fields=["mode", "day"], name="khalti_daily_total_day")]

    def __str__(self) -> str:
        return f"{self.day} · {self.source_title or '–'}"


class KhaltiCheckoutView(Dimensions):
    """How often the checkout page of one block was opened on a day. Only a count, no data about visitors."""

    day = models.DateField(_("day"))
    dimensions = models.CharField(_("dimensions"), max_length=64)
    """A hash of all dimensions for the unique key; the columns would be too long for one."""
    count = models.PositiveIntegerField(_("times opened"), default=0)

    class Meta:
        verbose_name = _("checkout view")
        verbose_name_plural = _("checkout views")
        ordering = ["day", "pk"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["day", "dimensions"], name="khalti_checkout_view_once")]
        indexes = [models.Index(fields=["mode", "day"], name="khalti_checkout_view_day")]

    def __str__(self) -> str:
        return f"{self.day} · {self.source_title or '–'} · {self.count}"


ZONE_HASH_LENGTH, VERSION_LENGTH = 8, 32


def time_zone_hash() -> str:
    """Without ``USE_TZ`` the meaning of stored times depends on ``TIME_ZONE``: a new one outdates all snapshots."""
    zone = f"Nepal {settings.USE_TZ or settings.TIME_ZONE}"
    return hashlib.sha256(zone.encode()).hexdigest()[:ZONE_HASH_LENGTH]


def new_version() -> str:
    """Different for every change of a day, and for every way to store times."""
    return (time_zone_hash() + uuid.uuid4().hex)[:VERSION_LENGTH]


def invalidate_days_of(*moments: datetime | None) -> None:
    """Call it in the transaction that changes the totals of these days, after the change. Does nothing for today.

    Days without a snapshot get one, too, so that a concurrent aggregation waits for this transaction or is discarded.
    """
    now = today()
    days = sorted(
        {day for moment in moments if moment and (day := day_in_nepal(moment)) < now}
    )  # sorted, to avoid deadlocks
    if days:
        KhaltiSnapshot.objects.bulk_create(
            [KhaltiSnapshot(day=day, version=new_version()) for day in days],
            update_conflicts=True,
            update_fields=["version", "is_current"],
            unique_fields=["day"] if connection.features.supports_update_conflicts_with_target else None,
        )
