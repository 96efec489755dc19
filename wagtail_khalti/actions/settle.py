"""The one door for evidence: nothing else moves a payment that Khalti knows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from wagtail_khalti.actions.alert import alert_managers
from wagtail_khalti.actions.states import judge, news_of
from wagtail_khalti.gateway import Lookup
from wagtail_khalti.models import KhaltiDelivery, KhaltiEvent, KhaltiPayment, KhaltiReview
from wagtail_khalti.models.payment import PAID, SOFT_ENDS, Status


def settle(
    payment: KhaltiPayment, answer: Lookup, *, asked_at: datetime, by: AbstractBaseUser | None = None
) -> KhaltiPayment:
    """Apply a lookup's answer: move the payment, leave it, or open a review.

    ``asked_at`` is when Khalti was asked; an answer to an older question never overrides a newer one.
    Commits on its own, so it can't run inside a transaction.
    """
    looked_up = KhaltiEvent.about(payment, KhaltiEvent.Kind.LOOKED_UP, by=by, data=answer.raw)
    while not (payment.evidence_at and asked_at < payment.evidence_at <= timezone.now()):
        road = judge(payment, answer)

        with transaction.atomic(durable=True):
            if isinstance(road, KhaltiReview.Kind):
                is_done = _hold(payment, road, answer, asked_at=asked_at, looked_up=looked_up)
            else:
                is_done = _move(payment, road, answer, asked_at=asked_at, looked_up=looked_up)
        if is_done:
            return payment

        # Somebody was faster. Read again outside the transaction: a repeatable read would show the old row.
        payment.refresh_from_db()

    looked_up.kind = KhaltiEvent.Kind.OUTDATED
    looked_up.save()
    return payment


def _move(
    payment: KhaltiPayment, road: Status | None, answer: Lookup, *, asked_at: datetime, looked_up: KhaltiEvent
) -> bool:
    before, after = Status(payment.status), road or Status(payment.status)
    changes = _changes(payment, before, after, answer) | {
        "khalti_status": answer.status,
        "evidence_at": asked_at,
        "checked_at": timezone.now(),
    }
    if not _pass_gate(payment, changes, asked_at=asked_at):
        return False

    events = [looked_up]
    if after != before:
        data = {"from": before, "to": after, "late": before in SOFT_ENDS}
        events.append(KhaltiEvent.about(payment, KhaltiEvent.Kind.MOVED, data=data))
        KhaltiDelivery.objects.bulk_create(
            KhaltiDelivery(payment=payment, news=news) for news in news_of(before, after)
        )
    KhaltiEvent.objects.bulk_create(events)
    return True


def _changes(payment: KhaltiPayment, before: Status, after: Status, answer: Lookup) -> dict[str, Any]:
    """The columns that this move sets, besides those that every answer sets."""
    if after == before:
        return {}
    if after in SOFT_ENDS:
        return {"status": after, "ended_at": timezone.now()}
    changes: dict[str, Any] = {"status": after}
    if after in PAID:
        changes["transaction_id"] = answer.transaction_id or payment.transaction_id
        changes["fee"] = payment.fee if answer.fee is None else answer.fee
    if after in PAID and before not in PAID:
        changes["completed_at"] = timezone.now()
        changes["is_late"] = before in SOFT_ENDS
    return changes


def _hold(
    payment: KhaltiPayment, doubt: KhaltiReview.Kind, answer: Lookup, *, asked_at: datetime, looked_up: KhaltiEvent
) -> bool:
    """Move nothing; open a matter for a person, unless one of this kind is open."""
    changes = {"khalti_status": answer.status, "checked_at": timezone.now()}
    if not _pass_gate(payment, changes, asked_at=asked_at):
        return False

    contradiction = KhaltiEvent.about(payment, KhaltiEvent.Kind.CONTRADICTION, data={"review": doubt})
    KhaltiEvent.objects.bulk_create([looked_up, contradiction])
    review, opened = KhaltiReview.objects.get_or_create(
        payment=payment, kind=doubt, is_open=True, defaults={"evidence": looked_up.data}
    )
    if opened:
        KhaltiDelivery.objects.create(payment=payment, review=review, news=KhaltiDelivery.News.NEEDS_ATTENTION)
        transaction.on_commit(lambda: alert_managers(review), robust=True)  # a mail that fails changes nothing
    return True


def _pass_gate(payment: KhaltiPayment, changes: dict[str, Any], *, asked_at: datetime) -> bool:
    """One conditional UPDATE: of many at the same time one wins, and only if the row is as it was judged."""
    # Evidence of the future comes from a clock that was wrong, and must not outrank what is true.
    not_newer = Q(evidence_at=None) | Q(evidence_at__lte=asked_at) | Q(evidence_at__gt=timezone.now())
    if not KhaltiPayment.objects.filter(not_newer, pk=payment.pk, status=payment.status).update(**changes):
        return False
    for name, value in changes.items():
        setattr(payment, name, value)
    return True
