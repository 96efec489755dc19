"""Mails to organisers about sales: bundled, so that a busy day is no flood."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.utils import timezone

from wagtail_khalti.dates.days import ONE
from wagtail_khalti.dates.nepali import NEPAL
from wagtail_khalti.models import KhaltiMail, KhaltiPayment
from wagtail_khalti.models.site_settings import SaleMailFrequency
from wagtail_khalti.text.email_addresses import is_address

MIN_INTERVAL = timedelta(minutes=10)
"""Between two mails about new sales to one recipient."""
SUMMARY_TIME = time(18)  # in Nepal
TRIES = 10  # each time another process has sent, or begun, the bundle

KINDS: Mapping[str, KhaltiMail.Kind] = {
    SaleMailFrequency.EACH: KhaltiMail.Kind.SALES,
    SaleMailFrequency.DAILY: KhaltiMail.Kind.DAILY_SALES,
}


def queue_sale_mail(payment: KhaltiPayment, recipients: Iterable[str], frequency: str) -> None:
    """Tell these e-mail addresses of this sale: once each, however often it is called.

    ``frequency`` is one of ``SaleMailFrequency``. Needs a transaction whose first statement was a write.
    """
    kind = KINDS.get(frequency)
    if kind is None:
        return
    for address in dict.fromkeys(recipient.lower() for recipient in recipients if is_address(recipient)):
        sale = KhaltiMail(kind=KhaltiMail.Kind.SALE, payment=payment, recipient=address)
        sale.key = f"sale:{payment.pk}:{_digest(address)}"
        sale.bundle = _lock_open_bundle(payment, address, kind)
        KhaltiMail.objects.queue([sale])


def close_bundle(bundle: KhaltiMail, *, due_at: datetime) -> bool:
    """Returns whether it may be sent now, by this process. No sale is added to it any more.

    Only then another bundle for the same recipient can begin. That one sees this one here, and waits.
    """
    as_read = KhaltiMail.objects.filter(pk=bundle.pk, key=bundle.key, due_at=bundle.due_at)
    if bundle.kind == KhaltiMail.Kind.SALES and (last := _last_attempt(bundle)):
        as_read.update(due_at=last + MIN_INTERVAL)
        return False
    now = timezone.now()
    closed = f"{bundle.key}:{bundle.pk}"
    if not as_read.update(key=closed, due_at=due_at, attempted_at=now, attempts=F("attempts") + 1):
        return False
    bundle.key = closed
    return True


def is_open(bundle: KhaltiMail) -> bool:
    """Whether sales may still be added to it."""
    return bundle.kind in KINDS.values() and not bundle.attempts


def _last_attempt(bundle: KhaltiMail) -> datetime | None:
    """To send the bundle before this one, if that was a moment ago."""
    since = timezone.now() - MIN_INTERVAL
    before = KhaltiMail.objects.filter(recipient=bundle.recipient, attempted_at__gt=since)
    last: datetime | None = before.filter(key__startswith=f"{bundle.key}:").aggregate(last=Max("attempted_at"))["last"]
    return last


def _lock_open_bundle(payment: KhaltiPayment, recipient: str, kind: KhaltiMail.Kind) -> KhaltiMail:
    """The one that is not being sent yet. Until the transaction ends no other process closes it."""
    key = f"{kind}:{payment.mode}:{payment.site_id or ''}:{_digest(recipient)}"
    for _try in range(TRIES):
        # The UPDATE changes nothing, but waits for other processes: for the row, or on SQLite for the file.
        if KhaltiMail.objects.filter(key=key).update(recipient=recipient):
            return KhaltiMail.objects.select_for_update().get(key=key)
        try:
            with transaction.atomic():
                return KhaltiMail.objects.create(kind=kind, key=key, recipient=recipient, due_at=_first_due(kind))
        except IntegrityError:
            continue  # another process was faster
    raise RuntimeError(f"Other processes closed the bundle of sales {TRIES} times")


def _first_due(kind: KhaltiMail.Kind) -> datetime:
    now = timezone.now()
    return next_summary(now) if kind == KhaltiMail.Kind.DAILY_SALES else now


def next_summary(now: datetime) -> datetime:
    """The next 18:00 in Nepal, as the database stores times."""
    local = now.astimezone(NEPAL)
    evening = datetime.combine(local.date(), SUMMARY_TIME, NEPAL)
    moment = evening if local < evening else evening + ONE
    return moment if settings.USE_TZ else moment.astimezone().replace(tzinfo=None)


def _digest(address: str) -> str:
    """So that a key has a limited length."""
    return hashlib.sha256(address.encode()).hexdigest()[:32]
