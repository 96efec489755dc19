"""Units of a limited number: which payments hold some, and how a new one reserves its own.

What is taken is counted from the payments each time, so there is no counter that could be wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import F, Q, QuerySet, Sum
from django.utils import timezone

from wagtail_khalti.exceptions import SoldOut
from wagtail_khalti.ledger.payment_states import becomes_paid
from wagtail_khalti.ledger.schedule import CLOCK_SKEW
from wagtail_khalti.models import KhaltiInventory, KhaltiIssue, KhaltiPayment
from wagtail_khalti.models.inventory import Reservation, stored_key
from wagtail_khalti.models.status import SOFT_ENDS, Status

INITIATE_LEASE = timedelta(seconds=90)  # longer than a request lasts, so that no second one is sent meanwhile
RESUME_TTL = timedelta(minutes=10)  # after that a payment that Khalti has not received must be agreed on again
UNSENT_HOLDS = RESUME_TTL + INITIATE_LEASE + CLOCK_SKEW
"""How long a payment holds its units that Khalti has not received: as long as it can still be sent to Khalti."""

SOLD = (Status.COMPLETED, Status.PARTIALLY_REFUNDED)
BEING_PAID = (Status.INITIATED, Status.PENDING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """How many units there are, and what became of them."""

    limit: int
    sold: int
    """Paid, and not fully refunded."""
    being_paid: int
    """Reserved for visitors who are paying, or whose payment is unclear."""

    @property
    def available(self) -> int:
        """How many can still be ordered. Never negative, also if more were sold than there are."""
        return max(0, self.limit - self.sold - self.being_paid)


def availability(inventory: KhaltiInventory, mode: str) -> Availability:
    """For staff: of the limit of the last order. Test payments don't take units from live ones. One query."""
    return availability_of_key(inventory.key, mode, limit=inventory.limit)


def availability_of_key(key: str, mode: str, *, limit: int) -> Availability:
    """Likewise, of a limit that is known, also before the first order. One query."""
    return _availability(KhaltiPayment.objects.filter(inventory__key=stored_key(key), mode=mode), limit)


def inventory_of(reservation: Reservation) -> KhaltiInventory:
    """Its row, created if there is none, with the limit that holds now. Commits on its own.

    Not in the transaction that reserves: two that insert the same key would wait for each other.
    """
    key, limit = stored_key(reservation.key), reservation.limit
    inventory = KhaltiInventory.objects.filter(key=key).first()
    if inventory is None:
        KhaltiInventory.objects.bulk_create([KhaltiInventory(key=key, limit=limit)], ignore_conflicts=True)
        inventory = KhaltiInventory.objects.get(key=key)
    if inventory.limit != limit:
        KhaltiInventory.objects.filter(pk=inventory.pk).update(limit=limit)
        inventory.limit = limit
    return inventory


def reserve_units(payment: KhaltiPayment, *, limit: int | None = None) -> None:
    """Make sure that the units of ``payment`` are available until the end of the transaction that saves it.

    Call it first in that transaction. Does nothing if nothing is limited. ``limit`` is the one of this order, by
    default that of the last order. Raises ``SoldOut``.
    """
    if payment.inventory_id is None:
        return
    found = _locked_availability(payment, limit)
    if payment.units > found.available:
        reason = f"{payment.units} units were ordered, and {found.available} of {found.limit} are available"
        raise SoldOut(reason, available=found.available, being_paid=found.being_paid)


def must_reserve_again(payment: KhaltiPayment) -> bool:
    """Whether a payment that Khalti has not received may have lost its units by now."""
    return payment.inventory_id is not None and timezone.now() - payment.created_at > RESUME_TTL


def oversale(payment: KhaltiPayment, before: Status, after: Status) -> Mapping[str, int]:
    """If its units were released and given to others, and it is paid now: the numbers for an issue. Otherwise empty.

    Call it first in the transaction of that change: of two at the same moment, the later one then counts the other.
    """
    if payment.inventory_id is None or not becomes_paid(before, after) or not _was_released(payment, before):
        return {}
    found = _locked_availability(payment)
    taken = found.sold + found.being_paid + payment.units
    return {"taken": taken, "limit": found.limit} if taken > found.limit else {}


def _was_released(payment: KhaltiPayment, before: Status) -> bool:
    """Also if a process was stopped for so long that its payment reached Khalti after its time."""
    sent_at = payment.initiated_at or payment.created_at
    return before in SOFT_ENDS or sent_at - payment.created_at > UNSENT_HOLDS


def _locked_availability(payment: KhaltiPayment, limit: int | None = None) -> Availability:
    """What all other payments leave, until the end of the transaction.

    The lock is an UPDATE that changes nothing, since SQLite locks no rows and refuses a write that follows a read.
    It comes before anything is read, since MariaDB reads as of the first SELECT of a transaction.
    """
    inventories = KhaltiInventory.objects.filter(pk=payment.inventory_id or 0)
    inventories.update(limit=F("limit"))
    if limit is None:
        [limit] = inventories.values_list("limit", flat=True)
    others = KhaltiPayment.objects.filter(inventory=payment.inventory_id, mode=payment.mode)
    return _availability(others.exclude(pk=payment.pk) if payment.pk else others, limit)


def _availability(payments: QuerySet[KhaltiPayment], limit: int) -> Availability:
    """One query of two parts, each with an index: most payments may be ended ones, which it doesn't read."""
    unclear = KhaltiIssue.objects.open().payment_unclear().values("payment")
    parts = [
        payments.filter(_holds_units()),
        payments.filter(status__in=[*SOFT_ENDS, Status.REFUNDED], pk__in=unclear),
    ]
    first, second = (part.order_by().values_list("status").annotate(total=Sum("units")) for part in parts)
    sold = being_paid = 0
    for status, total in first.union(second, all=True).order_by():  # or Django 6.1 would apply the model's order
        if status in SOLD:
            sold += total
        else:
            being_paid += total
    return Availability(limit=limit, sold=sold, being_paid=being_paid)


def _holds_units() -> Q:
    """By status. An end releases them, because Khalti was asked before; so does a full refund, once it is certain."""
    now = timezone.now()
    is_kept = Q(refund_total__lt=F("amount")) | Q(refunding_since__isnull=False)
    is_being_sent = Q(created_at__gt=now - UNSENT_HOLDS) | Q(initiating_at__gt=now - INITIATE_LEASE - CLOCK_SKEW)
    holds = Q(status__in=BEING_PAID) | (Q(status__in=SOLD) & is_kept) | (Q(status=Status.CREATED) & is_being_sent)
    return Q(status__in=[Status.CREATED, *BEING_PAID, *SOLD]) & holds
