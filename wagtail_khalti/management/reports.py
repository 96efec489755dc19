"""What a run came to, in words for an operator, as data for a program, and as an exit code for cron."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wagtail_khalti.actions import Reconciliation
from wagtail_khalti.management import due
from wagtail_khalti.models import KhaltiIssue, KhaltiPayment

DONE = 0
"""All that was due, or as much as the limit, the time or a signal allowed."""
NOT_ASKED = 3
"""Khalti does not answer, or refuses the key; what is due stays due."""
BROKEN = 4
"""A payment could not be worked on, or the site's code failed on the news: the log says why."""


def exit_code(done: Reconciliation) -> int:
    """1 and 2 are taken: by errors of Django's commands, and by arguments that make no sense."""
    if done.broken or done.undelivered:
        return BROKEN
    return NOT_ASKED if done.not_asked or (done.unanswered and not done.answered) else DONE


def as_data(done: Reconciliation) -> dict[str, Any]:
    return {**done.as_json(), "issues": _matters(), "exit_code": exit_code(done)}


def is_worth_telling(done: Reconciliation) -> bool:
    """Of a round of many."""
    return bool(done.asked or done.delivered or exit_code(done))


def summary(done: Reconciliation, *, only: KhaltiPayment | None = None) -> str:
    """One line. ``only``: the one payment that it was about."""
    return " ".join(_sentences(done, only))


def _sentences(done: Reconciliation, only: KhaltiPayment | None) -> Iterator[str]:
    yield from _what_was_done(done, only)
    if done.broken:
        yield ngettext(
            "%(count)s payment could not be worked on; the log says why.",
            "%(count)s payments could not be worked on; the log says why.",
            done.broken,
        ) % {"count": done.broken}
    for merchant, reason in sorted(done.not_asked.items()):
        why = {"merchant": merchant, "reason": " ".join(reason.split()).rstrip(".")}
        yield _("Khalti was not asked any further for “%(merchant)s”: %(reason)s.") % why
    if done.is_cut_short:
        yield _("Stopped before all was done.")
    yield from _what_is_left()
    yield _("%(seconds).1f s.") % {"seconds": done.seconds}


def _what_was_done(done: Reconciliation, only: KhaltiPayment | None) -> Iterator[str]:
    if done.in_other_hands:
        yield _("Another run is just asking Khalti about this payment.")
    elif only and not only.pidx:
        yield due.never_heard_of(only)
    elif not (done.asked or done.broken or done.delivered or done.undelivered):
        yield _("Nothing was due.")
    if done.asked:
        counts = {"count": done.asked, "moved": done.moved, "unanswered": done.unanswered}
        yield ngettext(
            "Asked Khalti about %(count)s payment: %(moved)s moved, %(same)s as before, %(unanswered)s without answer.",
            "Asked Khalti about %(count)s payments: "
            "%(moved)s moved, %(same)s as before, %(unanswered)s without answer.",
            done.asked,
        ) % {**counts, "same": done.answered - done.moved}
    if done.delivered or done.undelivered:
        deliveries = {"delivered": done.delivered, "undelivered": done.undelivered}
        yield _("Delivered %(delivered)s, failing %(undelivered)s.") % deliveries


def _what_is_left() -> Iterator[str]:
    if issues := _matters():
        words = ngettext("%(count)s matter needs a person.", "%(count)s matters need a person.", issues)
        yield words % {"count": issues}


def _matters() -> int:
    return KhaltiIssue.objects.open().count()
