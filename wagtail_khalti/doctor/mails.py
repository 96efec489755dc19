"""E-mails that are not sent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from django.db.models import Count, Max, Min
from django.utils import timezone
from django.utils.translation import gettext as _

from wagtail_khalti.doctor.finding import Finding, Level, Subject
from wagtail_khalti.doctor.waiting import OVERDUE_AFTER, age
from wagtail_khalti.models import KhaltiDelivery, KhaltiMail

found = partial(Finding, subject=Subject.WORK)

SHOWN_FOR = timedelta(days=7)  # after one was given up


def unsent_mails() -> Iterator[Finding]:
    """Those that the mail server refuses, those that nobody sends, and those that were given up."""
    findings = [*_failing(), *_overdue(), *_given_up()]
    yield from findings or [found(level=Level.OK, name="mails_sent", sentence=_("All e-mails have been sent."))]


def _failing() -> Iterator[Finding]:
    failing = KhaltiMail.objects.queued().exclude(last_error="")
    errors = failing.order_by("last_error").values_list("last_error")
    for error, count, since, attempts in errors.annotate(Count("pk"), Min("created_at"), Max("attempts")):
        yield found(
            level=Level.WARNING,
            name="mails_failing",
            sentence=_("E-mails that could not be sent, with %(error)s: %(count)s, for up to %(age)s.")
            % {"error": error, "count": count, "age": age(since)},
            remedy=_("Check the site's mail settings and its mail server. Sending is retried for three days."),
            numbers={"count": count, "attempts": attempts},
        )


def _overdue() -> Iterator[Finding]:
    """Also those that have not been queued yet."""
    before = timezone.now() - OVERDUE_AFTER
    waiting = KhaltiMail.objects.filter(due_at__lt=before).aggregate(count=Count("pk"), since=Min("due_at"))
    unqueued = KhaltiDelivery.objects.filter(mails_due_at__lt=before).aggregate(
        count=Count("pk"), since=Min("mails_due_at")
    )
    moments = [moment for moment in (waiting["since"], unqueued["since"]) if moment]
    if not moments:
        return
    count = waiting["count"] + unqueued["count"]
    yield found(
        level=Level.WARNING,
        name="mails_overdue",
        sentence=_("E-mails that nobody sends: %(count)s, due for up to %(age)s.")
        % {"count": count, "age": age(min(moments))},
        remedy=_("Reconcile sends them, and so does the task `send_mails`: see whether they run."),
        numbers={"count": count},
    )


def _given_up() -> Iterator[Finding]:
    recent = KhaltiMail.objects.given_up().filter(attempted_at__gt=timezone.now() - SHOWN_FOR)
    if count := recent.count():
        yield found(
            level=Level.WARNING,
            name="mails_given_up",
            sentence=_("E-mails that were given up in the last seven days: %(count)s.") % {"count": count},
            remedy=_("The timelines of their payments say which. A receipt can be sent from the page of its payment."),
            numbers={"count": count},
        )
