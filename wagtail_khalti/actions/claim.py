"""Take due work in hand, so that of many runs at the same time only one does it.

A claim is a moment in the future: whoever is killed has no need to give it back. It is committed before the work
begins, so that work which kills its process is not the first thing that the next process does.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import connection, models, transaction
from django.db.models import Case, F, Q, When
from django.utils import timezone

from wagtail_khalti.models import KhaltiDelivery, KhaltiPayment

LEASE = timedelta(minutes=5)  # longer than a claimed payment waits for its turn, is asked about, and is settled

Row = TypeVar("Row", bound=models.Model)


def claim_due_payments(most: int, *, merchants_to_spare: Sequence[str] = ()) -> list[KhaltiPayment]:
    """The longest overdue ones that nobody else has in hand."""
    now = timezone.now()
    due = KhaltiPayment.objects.due(now).exclude(merchant__in=merchants_to_spare)
    claimed = _claim(due[:most], "next_check_at", next_check_at=now + LEASE, claimed_until=now + LEASE)
    for payment in claimed:
        payment.claimed_until = now + LEASE
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


def claim_due_deliveries(most: int) -> list[KhaltiDelivery]:
    """Likewise, of what the site's code has not heard."""
    now = timezone.now()
    return _claim(KhaltiDelivery.objects.due(now)[:most], "next_try_at", next_try_at=now + LEASE)


def _claim(due: models.QuerySet[Row], moment: str, **claim: datetime) -> list[Row]:
    """The rows as they were before."""
    if connection.features.has_select_for_update_skip_locked:
        with transaction.atomic(durable=True):
            rows = list(due.select_for_update(skip_locked=True))
            if rows:
                due.model._default_manager.filter(pk__in=[row.pk for row in rows]).update(**claim)
        return rows
    return [row for row in due if _is_still_as_read(row, moment).update(**claim)]


def _is_still_as_read(row: Row, moment: str) -> models.QuerySet[Row]:
    """SQLite locks no rows, and each of its statements is alone: of many who read the same, one finds it so."""
    return type(row)._default_manager.filter(pk=row.pk, **{moment: getattr(row, moment)})
