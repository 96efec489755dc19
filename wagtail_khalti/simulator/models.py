"""What the simulator remembers, so that a restart loses nothing."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Case, F, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wagtail_khalti.simulator.identifiers import new_id

WRONG_PINS_ALLOWED = 5  # Simulator's own: Khalti says "multiple incorrect pin attempts" and no number
LONGEST_SUBJECT = 100  # characters; a pidx has 22
LONGEST_MOBILE = 20


class Status(models.TextChoices):
    """Khalti's own words, as lookup says them."""

    INITIATED = "Initiated", _("Initiated")
    """The merchant asked for a payment; the payer has not signed in."""

    PENDING = "Pending", _("Pending")
    """The payer signed in and has not finished."""

    COMPLETED = "Completed", _("Completed")
    """Paid."""

    REFUNDED = "Refunded", _("Refunded")
    """All was given back."""

    PARTIALLY_REFUNDED = "Partially Refunded", _("Partially refunded")
    """Some was given back."""

    EXPIRED = "Expired", _("Expired")
    """Nobody finished in time. Never stored: the clock says it when somebody asks."""

    CANCELED = "User canceled", _("Canceled by the payer")
    """The payer pressed Cancel."""

    FAILED = "Failed", _("Failed")
    """Khalti could not take the money. The docs dropped the word; official SDKs still know it."""


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
    mobile = models.CharField(max_length=LONGEST_MOBILE, blank=True)
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
        if "\x00" in transaction_id:  # PostgreSQL can't be asked for it
            return None
        found = cls.objects.filter(transaction_id=transaction_id)
        # Compared once more: MariaDB compares without regard to case.
        return next((payment for payment in found if payment.transaction_id == transaction_id), None)

    @property
    def status(self) -> Status:
        """What Khalti would say now."""
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
    def left(self) -> int:
        """Paisa that can still go back."""
        return self.amount - self.refunded_amount if self.is_paid else 0

    @property
    def pins_left(self) -> int:
        return max(0, WRONG_PINS_ALLOWED - self.wrong_pins)

    def move_to(self, status: Status, *, only_from: Collection[Status], **changes: Any) -> bool:
        """One conditional UPDATE, so that of many at the same time one wins; say whether it was this one."""
        rows = SimulatedPayment.objects.filter(pk=self.pk, stored_status__in=only_from)
        moved = rows.update(stored_status=status, **changes)
        self.refresh_from_db()
        return bool(moved)

    def refund(self, amount: int | None = None, *, only_if_left: int | None = None) -> bool:
        """All that is left, or so much if it still is; one conditional UPDATE as well. Say whether it was done."""
        rows = SimulatedPayment.objects.filter(pk=self.pk, stored_status__in=REFUNDABLE)
        if only_if_left is not None:
            rows = rows.filter(refunded_amount=F("amount") - only_if_left)
        if amount is None:
            done = rows.update(stored_status=Status.REFUNDED, refunded_amount=F("amount"))
        else:
            is_last = When(refunded_amount=F("amount") - amount, then=Value(Status.REFUNDED))
            done = rows.filter(refunded_amount__lte=F("amount") - amount).update(
                # First, because MariaDB lets a later change see an earlier one.
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
    """What an endpoint does instead of telling the truth, for its next few calls: a fault, or words verbatim."""

    endpoint = models.CharField(max_length=20)
    subject = models.CharField(max_length=LONGEST_SUBJECT, blank=True)  # empty: whatever is asked
    fault = models.CharField(max_length=30, blank=True)  # empty: the words below
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
    """A call that arrived, whatever became of it. Only ever inserted, so that many at once don't wait for a row."""

    endpoint = models.CharField(max_length=20)
    subject = models.CharField(max_length=LONGEST_SUBJECT, blank=True)

    class Meta:
        indexes = [models.Index(fields=["endpoint", "subject"], name="khalti_simulator_calls")]

    def __str__(self) -> str:
        return f"{self.endpoint} {self.subject}"
