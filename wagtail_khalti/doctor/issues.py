"""Undelivered events, and open issues."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from django.db.models import Count, Max, Min
from django.utils import timezone
from django.utils.translation import gettext as _

from wagtail_khalti.doctor.finding import Finding, Level, Subject
from wagtail_khalti.doctor.waiting import OVERDUE_AFTER, SAMPLE_SIZE, age
from wagtail_khalti.models import KhaltiDelivery, KhaltiIssue
from wagtail_khalti.outbox import FAILURES_TO_OPEN_ISSUE

found = partial(Finding, subject=Subject.WORK)


def undelivered() -> Iterator[Finding]:
    """Undelivered events, by type and error."""
    waiting = KhaltiDelivery.objects.undelivered().filter(next_try_at__isnull=False)  # to use the index
    groups = waiting.order_by().values_list("event_type", "last_error")
    is_empty = True
    for event_type, error, count, since, attempts, due_since in groups.annotate(
        Count("pk"), Min("created_at"), Max("attempts"), Min("next_try_at")
    ):
        is_empty = False
        facts = {
            "event_type": KhaltiDelivery.EventType(event_type).label,
            "count": count,
            "age": age(since),
            "error": error,
        }
        examples = waiting.filter(event_type=event_type, last_error=error).order_by("pk")
        yield found(
            level=_level(attempts, has_failed=bool(error), is_overdue=due_since < timezone.now() - OVERDUE_AFTER),
            name="delivery_failing" if error else "undelivered",
            sentence=(
                _("Failing events “%(event_type)s”, with %(error)s: %(count)s, for up to %(age)s.")
                if error
                else _("Pending events “%(event_type)s”: %(count)s, for up to %(age)s.")
            )
            % facts,
            remedy=_("See the log for the error. Delivery is retried automatically, or at once with “Retry delivery”.")
            if error
            else _("They are delivered by the next reconcile, or after a failing event of the same payment."),
            references=tuple(examples.values_list("payment__reference", flat=True)[:SAMPLE_SIZE]),
            numbers={"count": count, "attempts": attempts},
        )
    if is_empty:
        yield found(level=Level.OK, name="delivered", sentence=_("All events have been delivered to the site."))


def open_issues() -> Iterator[Finding]:
    """Open issues, by kind."""
    issues = KhaltiIssue.objects.open()
    groups = issues.order_by("kind").values_list("kind").annotate(Count("pk"), Min("opened_at"))
    for kind, count, since in groups:
        facts = {"kind": KhaltiIssue.Kind(kind).label, "count": count, "age": age(since)}
        examples = issues.filter(kind=kind).order_by("pk")
        yield found(
            level=Level.WARNING,
            name=f"issue_{kind}",
            sentence=_("Open issues “%(kind)s”: %(count)s, for up to %(age)s.") % facts,
            remedy=_("Resolve them under “Needs attention” in the admin."),
            references=tuple(examples.values_list("payment__reference", flat=True)[:SAMPLE_SIZE]),
            numbers={"count": count},
        )
    if not groups:
        yield found(level=Level.OK, name="issues", sentence=_("No issues are open."))


def _level(attempts: int, *, has_failed: bool, is_overdue: bool) -> Level:
    """An attempt without an error is in progress, or its process was killed."""
    if attempts >= FAILURES_TO_OPEN_ISSUE:
        return Level.ERROR
    return Level.WARNING if has_failed or is_overdue else Level.OK
