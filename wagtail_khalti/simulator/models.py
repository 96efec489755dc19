"""The simulator's database models."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Case, F, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wagtail_khalti.simulator.identifiers import new_id

WRONG_PINS_ALLOWED = 5  # Khalti says "multiple incorrect pin attempts" without a number
MAX_SUBJECT_LENGTH = 100  # characters; a pidx has 22
MAX_MOBILE_LENGTH = 20


class Status(models.TextChoices):
    """Khalti's statuses, as a lookup returns them."""

    INITIATED = "Initiated", _("Initiated")
    """Initiated by the merchant; the payer has not signed in."""

    PENDING = "Pending", _("Pending")
    """The payer signed in and has not finished."""

    COMPLETED = "Completed", _("Completed")
    """Paid."""

    REFUNDED = "Refunded", _("Refunded")
    """Fully refunded."""

    PARTIALLY_REFUNDED = "Partially Refunded", _("Partially refunded")
    """Partly refunded."""

    EXPIRED = "Expired", _("Expired")
    """Not finished in time. Never stored, but derived from the clock."""

    CANCELED = "User canceled", _("Canceled by the payer")
    """The payer pressed Cancel."""

    FAILED = "Failed", _("Failed")
    """Failed at Khalti. Not in the documentation any more, but still in official SDKs."""


OPEN = frozenset({Status.INITIATED, Status.PENDING})
REFUNDABLE = frozenset({Status.COMPLETED, Status.PARTIALLY_REFUNDED})
PAID = REFUNDABLE | {Status.REFUNDED}


class SimulatedPayment(models.Model):
    pidx = models.CharField(max_length=22, unique=True, default=new_id, editable=False)
    key_hash = models.CharField(max_length=64)
    stored_status = models.CharField(max_length=20, choices=Status, default=Status.INITIATED)
    amount = models.BigIntegerField()
    return_url = models.TextField()
    website_url = models.TextField()
    purchase_order_id = models.TextField()
    purchase_order_name = models.TextField()
    amount_breakdown = models.JSONField(default=list)
    merchant_extras = models.JSONField(default=list)  # pairs: a JSON object would lose their order
    mobile = models.CharField(max_length=MAX_MOBILE_LENGTH, blank=True)
    is_by_bank = models.BooleanField(default=False)
    wrong_pins = models.PositiveSmallIntegerField(default=0)
    transaction_id = models.CharField(max_length=22, blank=True, db_index=True)
    fee = models.BigIntegerField(default=0)
    refunded_amount = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.pidx

    @classmethod
    def of_transaction(cls, transaction_id: str) -> Self | None:
        if "\x00" in transaction_id:  # PostgreSQL can't compare NUL
            return None
        found = cls.objects.filter(transaction_id=transaction_id)
        # Compared once more: MariaDB compares without regard to case.
        return next((payment for payment in found if payment.transaction_id == transaction_id), None)

    @property
    def status(self) -> Status:
        """The status that a lookup returns now."""
        stored = Status(self.stored_status)
        return Status.EXPIRED if stored in OPEN and self.expires_at <= timezone.now() else stored

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def is_paid(self) -> bool:
        return self.status in PAID

    @property
    def masked_mobile(self) -> str:
        return f"{self.mobile[:2]}XXXXX{self.mobile[-3:]}"

    @property
    def refundable(self) -> int:
        """The refundable balance in paisa."""
        return self.amount - self.refunded_amount if self.is_paid else 0

    @property
    def pins_left(self) -> int:
        return max(0, WRONG_PINS_ALLOWED - self.wrong_pins)

    def move_to(self, status: Status, *, only_from: Collection[Status], **changes: Any) -> bool:
        """One conditional UPDATE, so that of several at the same time one succeeds. Returns whether this one did."""
        rows = SimulatedPayment.objects.filter(pk=self.pk, stored_status__in=only_from)
        moved = rows.update(stored_status=status, **changes)
        self.refresh_from_db()
        return bool(moved)

    def refund(self, amount: int | None = None, *, only_if_refundable: int | None = None) -> bool:
        """Refund all of it, or ``amount`` if possible, by one conditional UPDATE. Returns whether it was done."""
        rows = SimulatedPayment.objects.filter(pk=self.pk, stored_status__in=REFUNDABLE)
        if only_if_refundable is not None:
            rows = rows.filter(refunded_amount=F("amount") - only_if_refundable)
        if amount is None:
            done = rows.update(stored_status=Status.REFUNDED, refunded_amount=F("amount"))
        else:
            is_last = When(refunded_amount=F("amount") - amount, then=Value(Status.REFUNDED))
            done = rows.filter(refunded_amount__lte=F("amount") - amount).update(
                # First, because in MariaDB later assignments see earlier ones.
                stored_status=Case(is_last, default=Value(Status.PARTIALLY_REFUNDED)),
                refunded_amount=F("refunded_amount") + amount,
            )
        self.refresh_from_db()
        return bool(done)

    def expire_at(self, moment: datetime) -> None:
        SimulatedPayment.objects.filter(pk=self.pk).update(expires_at=moment)
        self.refresh_from_db()

    def count_wrong_pin(self) -> None:
        SimulatedPayment.objects.filter(pk=self.pk).update(wrong_pins=F("wrong_pins") + 1)
        self.refresh_from_db()


class Trouble(models.Model):
    """What an endpoint does in its next calls instead of responding normally: a fault, or a verbatim response."""

    endpoint = models.CharField(max_length=20)
    subject = models.CharField(max_length=MAX_SUBJECT_LENGTH, blank=True)  # empty: any
    fault = models.CharField(max_length=30, blank=True)  # empty: the response below
    status = models.PositiveSmallIntegerField(default=200)
    body = models.TextField(blank=True)
    content_type = models.CharField(max_length=100, blank=True)
    headers = models.JSONField(default=dict)
    seconds = models.FloatField(default=0.0)
    times_left = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(fields=["endpoint", "subject", "times_left"], name="khalti_simulator_waiting")]

    def __str__(self) -> str:
        return f"{self.endpoint} {self.fault or self.status}"

    def take_one(self) -> bool:
        rows = Trouble.objects.filter(pk=self.pk, times_left__gt=0)
        return bool(rows.update(times_left=F("times_left") - 1))


class Call(models.Model):
    """A received call, including those with faults. Rows are only inserted, so that concurrent calls don't block."""

    endpoint = models.CharField(max_length=20)
    subject = models.CharField(max_length=MAX_SUBJECT_LENGTH, blank=True)

    class Meta:
        indexes = [models.Index(fields=["endpoint", "subject"], name="khalti_simulator_calls")]

    def __str__(self) -> str:
        return f"{self.endpoint} {self.subject}"
