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
BY_CODE = "code"  # in the key of a bundle
TRIES = 10  # each time another process has sent, or begun, the bundle

KINDS: Mapping[str, KhaltiMail.Kind] = {
    SaleMailFrequency.EACH: KhaltiMail.Kind.SALES,
    SaleMailFrequency.DAILY: KhaltiMail.Kind.DAILY_SALES,
}


def queue_sale_mail(
    payment: KhaltiPayment, recipients: Iterable[str], frequency: str, *, of_site: bool = False
) -> None:
    """Tell these e-mail addresses of this sale: once each, however often it is called.

    ``frequency`` is one of ``SaleMailFrequency``. ``of_site``: whether the recipients are those in the settings of its
    site, and get nothing once they were removed there. Needs a transaction whose first statement was a write.
    """
    kind = KINDS.get(frequency)
    if kind is None:
        return
    for address in _addresses(recipients):
        sale = KhaltiMail(kind=KhaltiMail.Kind.SALE, payment=payment, recipient=address)
        sale.key = f"sale:{payment.pk}:{_digest(address)}"
        sale.bundle = _lock_open_bundle(_new_bundle(payment, address, kind, of_site=of_site))
        KhaltiMail.objects.queue([sale])


def prepare_bundles(payment: KhaltiPayment, recipients: Iterable[str], frequency: str) -> None:
    """Begin the bundles for the recipients of a site, outside of the transaction that adds a sale: on MariaDB two of
    them could deadlock there.
    """
    if kind := KINDS.get(frequency):
        wanted = [_new_bundle(payment, address, kind, of_site=True) for address in _addresses(recipients)]
        known = KhaltiMail.objects.filter(key__in=[bundle.key for bundle in wanted]).values_list("key", flat=True)
        if missing := [bundle for bundle in wanted if bundle.key not in set(known)]:
            KhaltiMail.objects.bulk_create(missing, ignore_conflicts=True)


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


def is_for_site(bundle: KhaltiMail) -> bool:
    """Whether its recipient was in the settings of a site, and not chosen by code."""
    return f":{BY_CODE}" not in bundle.key


def _lock_open_bundle(bundle: KhaltiMail) -> KhaltiMail:
    """The one of this key, that is not being sent yet. Until the transaction ends no other process closes it."""
    for _try in range(TRIES):
        # The UPDATE changes nothing, but waits for other processes: for the row, or on SQLite for the file.
        if KhaltiMail.objects.filter(key=bundle.key).update(recipient=bundle.recipient):
            return KhaltiMail.objects.select_for_update().get(key=bundle.key)
        try:
            with transaction.atomic():
                bundle.save(force_insert=True)
                return bundle
        except IntegrityError:
            continue  # another process was faster
    raise RuntimeError(f"Other processes closed the bundle of sales {TRIES} times")


def _new_bundle(payment: KhaltiPayment, recipient: str, kind: KhaltiMail.Kind, *, of_site: bool) -> KhaltiMail:
    """Unsaved. Sales of other sites, and test payments, are in bundles of their own."""
    key = f"{kind}:{payment.mode}:{payment.site_id or ''}:{_digest(recipient)}{'' if of_site else f':{BY_CODE}'}"
    now = timezone.now()
    due_at = next_summary(now) if kind == KhaltiMail.Kind.DAILY_SALES else now
    return KhaltiMail(kind=kind, key=key, recipient=recipient, due_at=due_at)


def _addresses(recipients: Iterable[str]) -> list[str]:
    """Each once, in order."""
    return list(dict.fromkeys(recipient.lower() for recipient in recipients if is_address(recipient)))


def next_summary(now: datetime) -> datetime:
    """The next 18:00 in Nepal, as the database stores times."""
    local = now.astimezone(NEPAL)
    evening = datetime.combine(local.date(), SUMMARY_TIME, NEPAL)
    moment = evening if local < evening else evening + ONE
    return moment if settings.USE_TZ else moment.astimezone().replace(tzinfo=None)


def _digest(address: str) -> str:
    """So that a key has a limited length."""
    return hashlib.sha256(address.encode()).hexdigest()[:32]
