"""Webhooks that are not sent, or not accepted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Count, Min
from django.utils import timezone
from django.utils.translation import gettext as _

from wagtail_khalti.conf import configuration
from wagtail_khalti.doctor.finding import Finding, Level, Subject
from wagtail_khalti.doctor.waiting import OVERDUE_AFTER, age
from wagtail_khalti.models import KhaltiDelivery, KhaltiWebhookMessage
from wagtail_khalti.models.webhooks.queries import KhaltiWebhookMessageQuerySet

found = partial(Finding, subject=Subject.WORK)

SHOWN_FOR = timedelta(days=7)  # after one was given up

State = KhaltiWebhookMessage.State


def webhooks() -> Iterator[Finding]:
    """Nothing is said where none are configured, and none are left."""
    known = _known_endpoints()
    findings = [*_missing(known), *_gone(), *_failing(known), *_overdue(known), *_given_up()]
    if findings:
        yield from findings
    elif known:
        yield found(level=Level.OK, name="webhooks_sent", sentence=_("All webhooks have been accepted."))


def _known_endpoints() -> list[str]:
    try:
        return list(configuration().webhooks)
    except ImproperlyConfigured:
        return []  # the system checks report it


def _missing(known: list[str]) -> Iterator[Finding]:
    left = KhaltiWebhookMessage.objects.pending().exclude(endpoint__in=known)
    for endpoint, count, since in _by_endpoint(left):
        yield found(
            level=Level.WARNING,
            name="webhook_endpoint_missing",
            sentence=_("Webhooks to “%(endpoint)s” can't be sent: %(count)s, waiting for up to %(age)s.")
            % {"endpoint": endpoint, "count": count, "age": age(since)},
            remedy=_("The settings have no such endpoint: keep it in `WEBHOOKS` until everything has been sent."),
            numbers={"count": count},
        )


def _gone() -> Iterator[Finding]:
    for endpoint, count, _since in _by_endpoint(KhaltiWebhookMessage.objects.gone()):
        yield found(
            level=Level.ERROR,
            name="webhook_endpoint_gone",
            sentence=_("The endpoint “%(endpoint)s” answered 410 (gone). Webhooks that are not sent: %(count)s.")
            % {"endpoint": endpoint, "count": count},
            remedy=_(
                "Correct its URL in `WEBHOOKS`, or send one of them again on the page of its payment: once it is "
                "accepted, the others follow."
            ),
            numbers={"count": count},
        )


def _failing(known: list[str]) -> Iterator[Finding]:
    pending = KhaltiWebhookMessage.objects.pending().filter(endpoint__in=known)
    failing = pending.exclude(last_status=None, last_error="")
    for endpoint, count, since in _by_endpoint(failing):
        yield found(
            level=Level.WARNING,
            name="webhooks_failing",
            sentence=_("Webhooks that “%(endpoint)s” did not accept: %(count)s, for up to %(age)s.")
            % {"endpoint": endpoint, "count": count, "age": age(since)},
            remedy=_("See the last response on the pages of their payments. Sending is retried for three days."),
            numbers={"count": count},
        )


def _overdue(known: list[str]) -> Iterator[Finding]:
    """Also those that have not been written yet. Not those behind one that fails, which waits on purpose."""
    before = timezone.now() - OVERDUE_AFTER
    waiting = KhaltiWebhookMessage.objects.pending().filter(endpoint__in=known, due_at__lt=before)
    unwritten = KhaltiDelivery.objects.filter(webhooks_due_at__lt=before) if known else KhaltiDelivery.objects.none()
    results = [
        waiting.order_by().aggregate(count=Count("pk"), since=Min("due_at")),
        unwritten.order_by().aggregate(count=Count("pk"), since=Min("webhooks_due_at")),
    ]
    if count := sum(result["count"] for result in results):
        yield found(
            level=Level.WARNING,
            name="webhooks_overdue",
            sentence=_("Webhooks that nobody sends: %(count)s, due for up to %(age)s.")
            % {"count": count, "age": age(min(result["since"] for result in results if result["since"]))},
            remedy=_("Reconcile sends them, and so does the task `send_webhooks`: see whether they run."),
            numbers={"count": count},
        )


def _given_up() -> Iterator[Finding]:
    recently = timezone.now() - SHOWN_FOR
    failed = KhaltiWebhookMessage.objects.filter(state=State.FAILED, attempted_at__gt=recently)
    for endpoint, count, _since in _by_endpoint(failed):
        yield found(
            level=Level.WARNING,
            name="webhooks_given_up",
            sentence=_("Webhooks to “%(endpoint)s” that were given up in the last seven days: %(count)s.")
            % {"endpoint": endpoint, "count": count},
            remedy=_("The timelines of their payments say which. Each can be sent again on the page of its payment."),
            numbers={"count": count},
        )


def _by_endpoint(messages: KhaltiWebhookMessageQuerySet) -> Iterator[tuple[str, int, datetime]]:
    grouped = messages.order_by("endpoint").values_list("endpoint")
    yield from grouped.annotate(Count("pk"), Min("created_at"))
