"""Payments of earlier days, and their totals added up the plain way."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from wagtail_khalti.models import KhaltiPayment, KhaltiRefund
from wagtail_khalti.models.references import new_reference
from wagtail_khalti.models.status import PAID
from wagtail_khalti.reporting.totals import Sums

KATHMANDU = ZoneInfo("Asia/Kathmandu")
TODAY = datetime(2026, 11, 22, 12, tzinfo=KATHMANDU)


def at(days_ago, clock="12:00"):
    """A moment in Kathmandu, so many days before ``TODAY``."""
    moment = datetime.combine(TODAY.date() - timedelta(days=days_ago), time.fromisoformat(clock), tzinfo=KATHMANDU)
    return moment if timezone.is_aware(timezone.now()) else moment.replace(tzinfo=None)


def day(days_ago):
    return TODAY.date() - timedelta(days=days_ago)


def began(moment, *, took=None, refunds=(), **columns):
    """A payment as it stands after all; ``took`` so long to be paid; ``refunds`` are moments and amounts."""
    columns = {"status": "completed" if took else "initiated", "mode": "simulator", "merchant": "default", **columns}
    reference = new_reference()
    payment = KhaltiPayment.objects.create(
        **{"amount": 150_000, "purpose": "Membership", "pidx": f"pidx-{reference}", "initiated_at": moment, **columns},
        purchase_order_id=reference,
        completed_at=took and moment + took,
        ended_at=moment if columns["status"] in ("canceled", "expired", "failed") else None,
    )
    KhaltiPayment.objects.filter(pk=payment.pk).update(created_at=moment)
    for resolved_at, amount in refunds:
        KhaltiRefund.objects.create(payment=payment, state="succeeded", amount=amount, resolved_at=resolved_at)
    payment.refresh_from_db()
    return payment


def added_up(first, last, *, mode="simulator", merchant="", sites=None):
    """By day and by place, row for row."""
    by_day, by_dimension = defaultdict(lambda: defaultdict(int)), defaultdict(lambda: defaultdict(int))

    def add(payment, moment, **numbers):
        when = moment and (moment.astimezone(KATHMANDU) if timezone.is_aware(moment) else moment).date()
        if when and first <= when <= last:
            where = (payment.site_id, payment.source_type_id, payment.source_id, payment.block_path)
            for name, number in numbers.items():
                by_day[when][name] += number
                by_dimension[where][name] += number

    for payment in KhaltiPayment.objects.filter(mode=mode):
        if (merchant and payment.merchant != merchant) or (sites is not None and payment.site_id not in sites):
            continue
        status = "paid" if payment.status in PAID else payment.status
        ended = {status: 1} if status in ("paid", "canceled", "expired", "failed") else {}
        add(payment, payment.created_at, started=1, sent=int(payment.initiated_at is not None), **ended)
        add(payment, payment.completed_at, payments=1, gross=payment.amount, fee=payment.fee or 0)
        for refund in payment.refunds.filter(state__in=("succeeded", "external"), amount__isnull=False):
            add(payment, refund.resolved_at, refund_count=1, refunded=refund.amount)
    return {when: Sums(**numbers) for when, numbers in by_day.items()}, {
        where: Sums(**numbers) for where, numbers in by_dimension.items()
    }


def as_added_up(found):
    """The same of what ``totals()`` found, without the days on which nothing happened."""
    by_dimension = {
        (one.site_id, one.source_type_id, one.source_id, one.block_path): one.sums for one in found.by_dimension
    }
    return {when: sums for when, sums in found.by_day.items() if sums != Sums()}, by_dimension
