"""Which payments can't be anonymised yet, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q, TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wagtail_khalti.conf import configuration
from wagtail_khalti.models import (
    KhaltiDelivery,
    KhaltiIssue,
    KhaltiMail,
    KhaltiPayment,
    KhaltiRefund,
    KhaltiWebhookMessage,
)
from wagtail_khalti.models.queries import KhaltiPaymentQuerySet
from wagtail_khalti.models.status import SOFT_ENDS, Status

LATE_WITHIN = timedelta(days=7)
"""How long a payment that ended may still be paid, and one that Khalti never received may be finished by a link."""


class Reason(TextChoices):
    """Why a payment has to wait. The label is the end of a sentence."""

    UNFINISHED = "unfinished", _("they may still be paid")
    """Or the payment ended only a few days ago."""
    REFUND = "refund", _("a refund is in progress")
    """Or its amount is missing."""
    ISSUE = "issue", _("an issue is open")
    DELIVERY = "delivery", _("an event has not been delivered to the site")
    MAIL = "mail", _("an e-mail has not been sent")
    WEBHOOK = "webhook", _("a webhook has not been sent")
    BUSY = "busy", _("another process is working on them")


def ready(pks: Sequence[int]) -> KhaltiPaymentQuerySet:
    """Those of the payments with these keys that can be anonymised now, and have not been."""
    payments = KhaltiPayment.objects.filter(pk__in=pks, anonymized_at=None)
    return payments.exclude(reduce(or_, _conditions(pks).values())).order_by("pk")


def waiting(pks: Sequence[int]) -> dict[Reason, list[str]]:
    """The references of those that have to wait, each once, by the first reason."""
    found: dict[Reason, list[str]] = {}
    left = set(pks)
    for reason, condition in {**_conditions(pks), Reason.BUSY: Q()}.items():
        rows = KhaltiPayment.objects.filter(condition, pk__in=left, anonymized_at=None).order_by("pk")
        matching = dict(rows.values_list("pk", "reference")) if left else {}
        if matching:
            found[reason] = list(matching.values())
            left -= matching.keys()
    return found


def _conditions(pks: Sequence[int]) -> Mapping[Reason, Q]:
    """For payments with these keys only: databases may look through all rows of a subquery first."""
    now = timezone.now()
    recent = now - LATE_WITHIN
    of_payment = {"payment": OuterRef("pk"), "payment__in": pks}
    refunds = KhaltiRefund.objects.filter(**of_payment)
    mails = KhaltiMail.objects.filter(**of_payment).filter(Q(due_at__isnull=False) | Q(bundle__due_at__isnull=False))
    deliveries = KhaltiDelivery.objects.filter(**of_payment)
    endpoints = list(configuration().webhooks)  # what is left for others is never sent, and must not wait for ever
    webhooks = KhaltiWebhookMessage.objects.pending().filter(
        delivery__payment=OuterRef("pk"), delivery__payment__in=pks, endpoint__in=endpoints
    )
    unwritten = deliveries.filter(webhooks_due_at__isnull=False) if endpoints else deliveries.none()
    unfinished = (
        Q(status__in=[Status.INITIATED, Status.PENDING])
        | Q(status=Status.CREATED, created_at__gt=recent)
        | Q(status__in=sorted(SOFT_ENDS), ended_at__isnull=False, ended_at__gt=recent)
        | Q(leased_until__isnull=False, leased_until__gt=now)
    )
    in_progress = refunds.in_progress() | refunds.without_amount()
    return {
        Reason.UNFINISHED: unfinished,
        Reason.REFUND: Q(refunding_since__isnull=False) | Q(Exists(in_progress)),
        Reason.ISSUE: Q(Exists(KhaltiIssue.objects.open().filter(**of_payment))),
        Reason.DELIVERY: Q(Exists(deliveries.undelivered())),
        Reason.WEBHOOK: Q(Exists(unwritten)) | Q(Exists(webhooks)),
        Reason.MAIL: Q(Exists(deliveries.filter(mails_due_at__isnull=False))) | Q(Exists(mails)),
    }
