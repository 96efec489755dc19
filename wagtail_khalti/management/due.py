"""What is due, by merchant. Looks up and changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wagtail_khalti.conf import Merchant, configuration
from wagtail_khalti.formatting import in_site_time
from wagtail_khalti.models import KhaltiDelivery, KhaltiMail, KhaltiPayment, KhaltiWebhookMessage

NOTHING = {"count": 0, "longest_overdue": 0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """The number of due items, and since when the first is due."""

    count: int
    since: datetime

    def as_json(self) -> dict[str, Any]:
        overdue = timezone.now() - self.since
        return {"count": self.count, "longest_overdue": round(overdue.total_seconds())}


def due_payments() -> dict[str, Due]:
    """By merchant of the settings. Payments of others can't be looked up, which the doctor reports."""
    found = {name: _due_of(merchant) for name, merchant in configuration().merchants.items()}
    return {name: due for name, due in found.items() if due}


def _due_of(merchant: Merchant) -> Due | None:
    due = KhaltiPayment.objects.of_account(merchant.name, merchant.mode).filter(next_check_at__lte=timezone.now())
    found = due.aggregate(count=Count("pk"), since=Min("next_check_at"))
    return Due(**found) if found["count"] else None


def due_deliveries() -> Due | None:
    found = KhaltiDelivery.objects.due(timezone.now()).aggregate(count=Count("pk"), since=Min("next_try_at"))
    return Due(**found) if found["count"] else None


def due_mails() -> Due | None:
    found = KhaltiMail.objects.due(timezone.now()).aggregate(count=Count("pk"), since=Min("due_at"))
    return Due(**found) if found["count"] else None


def due_webhooks() -> Due | None:
    """To endpoints of the settings. Messages to others can't be sent, which the doctor reports."""
    due = KhaltiWebhookMessage.objects.due(timezone.now()).filter(endpoint__in=list(configuration().webhooks))
    found = due.order_by().aggregate(count=Count("pk"), since=Min("due_at"))
    return Due(**found) if found["count"] else None


def next_due_in() -> timedelta | None:
    """The time until the next payment, event, e-mail or webhook becomes due; None if there is none."""
    now = timezone.now()
    checks = [
        KhaltiPayment.objects.of_account(merchant.name, merchant.mode)
        .filter(next_check_at__gt=now)
        .aggregate(at=Min("next_check_at"))["at"]
        for merchant in configuration().merchants.values()
    ]
    delivery = KhaltiDelivery.objects.filter(next_try_at__gt=now).aggregate(at=Min("next_try_at"))["at"]
    mail = KhaltiMail.objects.filter(due_at__gt=now).aggregate(at=Min("due_at"))["at"]
    waiting = KhaltiWebhookMessage.objects.pending().filter(endpoint__in=list(configuration().webhooks))
    webhook = waiting.filter(due_at__gt=now).aggregate(at=Min("due_at"))["at"]
    moments = [moment for moment in (*checks, delivery, mail, webhook) if moment]
    return min(moments) - now if moments else None


def as_data() -> dict[str, Any]:
    deliveries, mails, webhooks = due_deliveries(), due_mails(), due_webhooks()
    return {
        "payments": {merchant: due.as_json() for merchant, due in due_payments().items()},
        "deliveries": deliveries.as_json() if deliveries else NOTHING,
        "mails": mails.as_json() if mails else NOTHING,
        "webhooks": webhooks.as_json() if webhooks else NOTHING,
    }


def sentences() -> Iterator[str]:
    payments, deliveries, mails, webhooks = due_payments(), due_deliveries(), due_mails(), due_webhooks()
    for merchant, due in payments.items():
        yield ngettext(
            "%(count)s payment of “%(merchant)s” has been due for %(time)s.",
            "%(count)s payments of “%(merchant)s” are due, the first for %(time)s.",
            due.count,
        ) % {"count": due.count, "merchant": merchant, "time": timesince(due.since)}
    if deliveries:
        yield ngettext(
            "%(count)s delivery has been due for %(time)s.",
            "%(count)s deliveries are due, the first for %(time)s.",
            deliveries.count,
        ) % {"count": deliveries.count, "time": timesince(deliveries.since)}
    if mails:
        yield ngettext(
            "%(count)s e-mail has been due for %(time)s.",
            "%(count)s e-mails are due, the first for %(time)s.",
            mails.count,
        ) % {"count": mails.count, "time": timesince(mails.since)}
    if webhooks:
        yield ngettext(
            "%(count)s webhook has been due for %(time)s.",
            "%(count)s webhooks are due, the first for %(time)s.",
            webhooks.count,
        ) % {"count": webhooks.count, "time": timesince(webhooks.since)}
    if not (payments or deliveries or mails or webhooks):
        yield _("Nothing is due.")


def sentence_about(payment: KhaltiPayment) -> str:
    """When this payment is due."""
    if not payment.pidx:
        return never_initiated(payment)
    facts = {"payment": payment.readable_reference, "status": payment.get_status_display()}
    if payment.next_check_at is None:
        return _("%(payment)s: %(status)s. No further automatic checks.") % facts
    if payment.next_check_at <= timezone.now():
        return _("%(payment)s: %(status)s. Due for %(time)s.") % {**facts, "time": timesince(payment.next_check_at)}
    moment = in_site_time(payment.next_check_at)
    return _("%(payment)s: %(status)s. Due on %(moment)s.") % {**facts, "moment": f"{moment:%Y-%m-%d %H:%M:%S}"}


def never_initiated(payment: KhaltiPayment) -> str:
    """Without a pidx it can't be looked up."""
    facts = {"payment": payment.readable_reference, "status": payment.get_status_display()}
    return _("%(payment)s: %(status)s. Khalti has not confirmed it, so it can't be checked.") % facts
