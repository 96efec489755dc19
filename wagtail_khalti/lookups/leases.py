"""Lease due payments, so that concurrent runs never look up the same one.

A lease is a time in the future, so that the lease of a killed run expires.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.db import connection, models
from django.db.models import Case, F, Q, When
from django.utils import timezone

from wagtail_khalti.conf import Merchant
from wagtail_khalti.database.plain_sql import update_rows
from wagtail_khalti.database.transactions import short_transaction
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.models.queries import KhaltiPaymentQuerySet

Order = Callable[[KhaltiPaymentQuerySet, datetime], KhaltiPaymentQuerySet]
"""A method of the queryset: selects the due payments, and their order."""

LOOKUP_LEASE = timedelta(seconds=45)  # longer than a lookup with all its tries
TRIES = 10  # if others are faster so often, leave it to the next run
LEASE = timedelta(minutes=5)  # longer than a leased payment waits for its lookup and the response is applied


def lease_due_payments(
    limit: int, merchants: Iterable[Merchant], *, order: Order = KhaltiPaymentQuerySet.due
) -> list[KhaltiPayment]:
    """The first due payments of these merchants that are not leased, by default the longest overdue first."""
    leased: list[KhaltiPayment] = []
    for merchant in merchants:
        now = timezone.now()
        free = Q(leased_until=None) | Q(leased_until__lte=now)
        theirs = KhaltiPayment.objects.of_account(merchant.name, merchant.mode).filter(free)
        due = order(theirs, now)[: limit - len(leased)]
        leased += _lease(due, next_check_at=now + LEASE, leased_until=now + LEASE)
        if len(leased) == limit:
            break
    return leased


def lease_for_lookup(payment: KhaltiPayment, *, pause: timedelta, **marks: datetime | bool) -> bool:
    """Returns whether the payment was leased: to one of several callers, not within ``pause`` after the last lookup.

    ``marks`` are columns that are written with the lease. Applying the response ends it; otherwise it expires.
    """
    now = timezone.now()
    is_free = _is_not_being_looked_up(now)
    if pause:
        # The last condition: a clock was set back. A check slightly after our ``now`` is another request's.
        is_free &= Q(checked_at=None) | Q(checked_at__lte=now - pause) | Q(checked_at__gt=now + pause)
    marks |= {"checked_at": now, "leased_until": now + LOOKUP_LEASE}
    if not update_rows(KhaltiPayment, marks, where=Q(is_free, id=payment.pk)):
        return False
    for name, value in marks.items():
        setattr(payment, name, value)
    return True


def _is_not_being_looked_up(now: datetime) -> Q:
    """A run leases for minutes, and makes its lookups at the beginning."""
    is_old_lease = Q(leased_until__gt=now + LOOKUP_LEASE, leased_until__lte=now + LEASE - LOOKUP_LEASE)
    return Q(leased_until=None) | Q(leased_until__lte=now) | is_old_lease


def lease_payment(payment: KhaltiPayment) -> bool:
    """Returns whether the payment was leased, whether or not it is due."""
    now, over_at = timezone.now(), timezone.now() + LEASE
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    not_before = Case(When(next_check_at__lt=over_at, then=over_at), default=F("next_check_at"))
    lease = {"leased_until": over_at, "next_check_at": not_before}
    return bool(KhaltiPayment.objects.filter(free, pk=payment.pk).update(**lease))


def release_lease(payment: KhaltiPayment) -> None:
    """The payment was not looked up, and is due as before."""
    ours = KhaltiPayment.objects.filter(pk=payment.pk, leased_until=payment.leased_until)
    ours.update(next_check_at=payment.next_check_at, leased_until=None)


def _lease(due: models.QuerySet[KhaltiPayment], **lease: datetime) -> list[KhaltiPayment]:
    """The rows with the time at which they were due, so that the lease can be released."""
    if connection.features.has_select_for_update_skip_locked:
        with short_transaction():
            payments = list(due.select_for_update(skip_locked=True))
            KhaltiPayment.objects.filter(pk__in=[payment.pk for payment in payments]).update(**lease)
    else:
        payments = []
        for _turn in range(TRIES):  # others have leased all of these: there may be more
            read = list(due.all())
            payments = [payment for payment in read if _is_still_as_read(payment).update(**lease)]
            if payments or not read:
                break
    for payment in payments:
        payment.leased_until = lease["leased_until"]
    return payments


def _is_still_as_read(payment: KhaltiPayment) -> models.QuerySet[KhaltiPayment]:
    """SQLite has no row locks, but its statements are serialised: of several processes one finds the row unchanged."""
    as_read = {"next_check_at": payment.next_check_at, "leased_until": payment.leased_until}
    return KhaltiPayment.objects.filter(pk=payment.pk, **as_read)
