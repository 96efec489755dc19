"""Take due payments in hand, so that of many runs at the same time only one asks about each.

A claim is a moment in the future: whoever is killed has no need to give it back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.db import connection, models
from django.db.models import Case, F, Q, When
from django.utils import timezone

from wagtail_khalti.conf import Merchant
from wagtail_khalti.database.transactions import short_transaction
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.models.queries import KhaltiPaymentQuerySet

Order = Callable[[KhaltiPaymentQuerySet, datetime], KhaltiPaymentQuerySet]
"""A word of the queryset: which of the payments that are due come first."""

LOOKUP_LEASE = timedelta(seconds=45)  # longer than a lookup lasts, with all its tries
TRIES = 10  # if others are faster so often, the next run is early enough
LEASE = timedelta(minutes=5)  # longer than a claimed payment waits for its turn, is asked about, and is settled


def lease_due_payments(
    most: int, merchants: Iterable[Merchant], *, order: Order = KhaltiPaymentQuerySet.due
) -> list[KhaltiPayment]:
    """Of these merchants, the first in this order, by default the longest overdue, that nobody else has in hand."""
    leased: list[KhaltiPayment] = []
    for merchant in merchants:
        now = timezone.now()
        free = Q(leased_until=None) | Q(leased_until__lte=now)
        theirs = KhaltiPayment.objects.of_account(merchant.name, merchant.mode).filter(free)
        due = order(theirs, now)[: most - len(leased)]
        leased += _lease(due, next_check_at=now + LEASE, leased_until=now + LEASE)
        if len(leased) == most:
            break
    return leased


def lease_for_lookup(payment: KhaltiPayment, *, pause: timedelta, **marks: datetime | bool) -> bool:
    """Whether Khalti is ours to ask about it now: of many who come, one, and not within ``pause`` after the last time.

    ``marks`` are columns to be written with that. Whoever applies the answer gives the turn back; one that was killed
    has no need to.
    """
    now = timezone.now()
    is_free = _nobody_asks(now)
    if pause:
        # The last: a clock was put back. A check that is only a moment younger than our ``now`` is another request's.
        is_free &= Q(checked_at=None) | Q(checked_at__lte=now - pause) | Q(checked_at__gt=now + pause)
    marks |= {"checked_at": now, "leased_until": now + LOOKUP_LEASE}
    if not KhaltiPayment.objects.filter(is_free, pk=payment.pk).update(**marks):
        return False
    for name, value in marks.items():
        setattr(payment, name, value)
    return True


def _nobody_asks(now: datetime) -> Q:
    """A run claims for minutes, and asks in the first moments of them."""
    is_old_claim = Q(leased_until__gt=now + LOOKUP_LEASE, leased_until__lte=now + LEASE - LOOKUP_LEASE)
    return Q(leased_until=None) | Q(leased_until__lte=now) | is_old_claim


def lease_payment(payment: KhaltiPayment) -> bool:
    """Whether it is ours to check now, whenever it is due."""
    now, over_at = timezone.now(), timezone.now() + LEASE
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    not_before = Case(When(next_check_at__lt=over_at, then=over_at), default=F("next_check_at"))
    lease = {"leased_until": over_at, "next_check_at": not_before}
    return bool(KhaltiPayment.objects.filter(free, pk=payment.pk).update(**lease))


def release_lease(payment: KhaltiPayment) -> None:
    """Give back what was not begun: it is due as before."""
    ours = KhaltiPayment.objects.filter(pk=payment.pk, leased_until=payment.leased_until)
    ours.update(next_check_at=payment.next_check_at, leased_until=None)


def _lease(due: models.QuerySet[KhaltiPayment], **lease: datetime) -> list[KhaltiPayment]:
    """The rows with the moment at which they were due, so that it can be given back."""
    if connection.features.has_select_for_update_skip_locked:
        with short_transaction():
            payments = list(due.select_for_update(skip_locked=True))
            KhaltiPayment.objects.filter(pk__in=[payment.pk for payment in payments]).update(**lease)
    else:
        payments = []
        for _turn in range(TRIES):  # others were faster with all of these: there may be more
            read = list(due.all())
            payments = [payment for payment in read if _is_still_as_read(payment).update(**lease)]
            if payments or not read:
                break
    for payment in payments:
        payment.leased_until = lease["leased_until"]
    return payments


def _is_still_as_read(payment: KhaltiPayment) -> models.QuerySet[KhaltiPayment]:
    """SQLite locks no rows, and each of its statements is alone: of many who read the same, one finds it so."""
    as_read = {"next_check_at": payment.next_check_at, "leased_until": payment.leased_until}
    return KhaltiPayment.objects.filter(pk=payment.pk, **as_read)
