"""Take due payments in hand, so that of many runs at the same time only one asks about each.

A claim is a moment in the future: whoever is killed has no need to give it back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.db import connection, models, transaction
from django.db.models import Case, F, Q, When
from django.utils import timezone

from wagtail_khalti.conf import Merchant
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.models.queries import KhaltiPaymentQuerySet

Order = Callable[[KhaltiPaymentQuerySet, datetime], KhaltiPaymentQuerySet]
"""A word of the queryset: which of the payments that are due come first."""

LEASE = timedelta(minutes=5)  # longer than a claimed payment waits for its turn, is asked about, and is settled


def claim_due_payments(
    most: int, merchants: Iterable[Merchant], *, order: Order = KhaltiPaymentQuerySet.due
) -> list[KhaltiPayment]:
    """Of these merchants, the first in this order, by default the longest overdue, that nobody else has in hand."""
    claimed: list[KhaltiPayment] = []
    for merchant in merchants:
        now = timezone.now()
        due = order(KhaltiPayment.objects.taken_by(merchant.name, merchant.mode), now)[: most - len(claimed)]
        claimed += _claim(due, next_check_at=now + LEASE, claimed_until=now + LEASE)
        if len(claimed) == most:
            break
    return claimed


def claim_payment(payment: KhaltiPayment) -> bool:
    """Whether it is ours to check now, whenever it is due."""
    now, over_at = timezone.now(), timezone.now() + LEASE
    free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    not_before = Case(When(next_check_at__lt=over_at, then=over_at), default=F("next_check_at"))
    claim = {"claimed_until": over_at, "next_check_at": not_before}
    return bool(KhaltiPayment.objects.filter(free, pk=payment.pk).update(**claim))


def release(payment: KhaltiPayment) -> None:
    """Give back what was not begun: it is due as before."""
    ours = KhaltiPayment.objects.filter(pk=payment.pk, claimed_until=payment.claimed_until)
    ours.update(next_check_at=payment.next_check_at, claimed_until=None)


def _claim(due: models.QuerySet[KhaltiPayment], **claim: datetime) -> list[KhaltiPayment]:
    """The rows with the moment at which they were due, so that it can be given back."""
    if connection.features.has_select_for_update_skip_locked:
        with transaction.atomic(durable=True):
            payments = list(due.select_for_update(skip_locked=True))
            KhaltiPayment.objects.filter(pk__in=[payment.pk for payment in payments]).update(**claim)
    else:
        payments = []
        while not payments and (read := list(due.all())):  # others were faster with all of these: there may be more
            payments = [payment for payment in read if _is_still_as_read(payment).update(**claim)]
    for payment in payments:
        payment.claimed_until = claim["claimed_until"]
    return payments


def _is_still_as_read(payment: KhaltiPayment) -> models.QuerySet[KhaltiPayment]:
    """SQLite locks no rows, and each of its statements is alone: of many who read the same, one finds it so."""
    return KhaltiPayment.objects.filter(pk=payment.pk, next_check_at=payment.next_check_at)
