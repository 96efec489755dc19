"""What waits for the site's code, and what waits for a person."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from django.db.models import Count, Max, Min
from django.utils import timezone
from django.utils.translation import gettext as _

from wagtail_khalti.doctor.finding import Finding, Level, Subject
from wagtail_khalti.doctor.waiting import PATIENCE, SAMPLE_SIZE, age
from wagtail_khalti.models import KhaltiDelivery, KhaltiIssue
from wagtail_khalti.outbox import FAILURES_TO_OPEN_ISSUE

found = partial(Finding, subject=Subject.WORK)


def undelivered() -> Iterator[Finding]:
    """What the site's code has not heard: how much, since when, and what it fails with."""
    waiting = KhaltiDelivery.objects.undelivered().filter(next_try_at__isnull=False)  # which is in an index
    groups = waiting.order_by().values_list("event_type", "last_error")
    is_empty = True
    for event_type, error, count, since, tries, due_since in groups.annotate(
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
            level=_level(tries, has_failed=bool(error), is_overdue=due_since < timezone.now() - PATIENCE),
            name="delivery_failing" if error else "undelivered",
            sentence=(
                _("The site's code fails on the news “%(event_type)s” with %(error)s: %(count)s, for up to %(age)s.")
                if error
                else _("The site's code has yet to hear the news “%(event_type)s”: %(count)s, for up to %(age)s.")
            )
            % facts,
            remedy=_("The log has the whole error. The news is told again by itself; a person can do so at once.")
            if error
            else _("It is told with the next reconcile, or after the news of the same payment that fails."),
            references=tuple(examples.values_list("payment__reference", flat=True)[:SAMPLE_SIZE]),
            numbers={"count": count, "attempts": tries},
        )
    if is_empty:
        yield found(level=Level.OK, name="delivered", sentence=_("The site's code has heard all the news."))


def open_issues() -> Iterator[Finding]:
    """What only a person can decide, by kind."""
    issues = KhaltiIssue.objects.open()
    groups = issues.order_by("kind").values_list("kind").annotate(Count("pk"), Min("opened_at"))
    for kind, count, since in groups:
        facts = {"kind": KhaltiIssue.Kind(kind).label, "count": count, "age": age(since)}
        examples = issues.filter(kind=kind).order_by("pk")
        yield found(
            level=Level.WARNING,
            name=f"review_{kind}",
            sentence=_("Open matters “%(kind)s”: %(count)s, for up to %(age)s.") % facts,
            remedy=_("A person has to decide these, and close them."),
            references=tuple(examples.values_list("payment__reference", flat=True)[:SAMPLE_SIZE]),
            numbers={"count": count},
        )
    if not groups:
        yield found(level=Level.OK, name="issues", sentence=_("No matter waits for a person."))


def _level(tries: int, *, has_failed: bool, is_overdue: bool) -> Level:
    """A try without an error is just being made, or killed the process that made it."""
    if tries >= FAILURES_TO_OPEN_ISSUE:
        return Level.ERROR
    return Level.WARNING if has_failed or is_overdue else Level.OK
