"""The result of a run, as text, as data, and as an exit code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wagtail_khalti.actions import Reconciliation
from wagtail_khalti.management import due
from wagtail_khalti.models import KhaltiIssue, KhaltiPayment

DONE = 0
"""Everything that was due is done, or as much as the limit, the time or a signal allowed."""
UNAVAILABLE = 3
"""Khalti does not respond, or rejects the key; due payments stay due."""
BROKEN = 4
"""A payment could not be processed, or a receiver failed; see the log."""


def exit_code(done: Reconciliation) -> int:
    """1 and 2 are used by Django: for command errors, and for invalid arguments."""
    if done.broken or done.undelivered:
        return BROKEN
    return UNAVAILABLE if done.skipped or (done.unanswered and not done.answered) else DONE


def as_data(done: Reconciliation) -> dict[str, Any]:
    return {**done.as_json(), "issues": _open_issues(), "exit_code": exit_code(done)}


def is_worth_reporting(done: Reconciliation) -> bool:
    """Whether to print the result of this round of a loop."""
    has_work = (done.looked_up, done.delivered, done.mailed, done.webhooks, done.anonymized)
    return any(has_work) or bool(exit_code(done))


def summary(done: Reconciliation, *, only: KhaltiPayment | None = None) -> str:
    """One line. ``only``: the only payment of the run."""
    return " ".join(_sentences(done, only))


def _sentences(done: Reconciliation, only: KhaltiPayment | None) -> Iterator[str]:
    yield from _work_done(done, only)
    if done.broken:
        yield ngettext(
            "%(count)s payment could not be processed; see the log.",
            "%(count)s payments could not be processed; see the log.",
            done.broken,
        ) % {"count": done.broken}
    for merchant, reason in sorted(done.skipped.items()):
        why = {"merchant": merchant, "reason": " ".join(reason.split()).rstrip(".")}
        yield _("The remaining payments of “%(merchant)s” were skipped: %(reason)s.") % why
    if done.is_cut_short:
        yield _("Stopped before everything was done.")
    yield from _work_left()
    yield _("%(seconds).1f s.") % {"seconds": done.seconds}


def _work_done(done: Reconciliation, only: KhaltiPayment | None) -> Iterator[str]:
    if done.leased_elsewhere:
        yield _("Another run is checking this payment.")
    elif only and not only.pidx:
        yield due.never_initiated(only)
    elif not (done.looked_up or done.broken or done.delivered or done.undelivered or done.mailed or done.webhooks):
        yield _("Nothing was due.")
    if done.looked_up:
        counts = {"count": done.looked_up, "moved": done.moved, "unanswered": done.unanswered}
        yield ngettext(
            "Checked %(count)s payment: %(moved)s changed, %(same)s unchanged, %(unanswered)s without response.",
            "Checked %(count)s payments: %(moved)s changed, %(same)s unchanged, %(unanswered)s without response.",
            done.looked_up,
        ) % {**counts, "same": done.answered - done.moved}
    if done.delivered or done.undelivered:
        deliveries = {"delivered": done.delivered, "undelivered": done.undelivered}
        yield _("Events: %(delivered)s delivered, %(undelivered)s failed.") % deliveries
    if done.mailed:
        yield ngettext("%(count)s e-mail sent.", "%(count)s e-mails sent.", done.mailed) % {"count": done.mailed}
    if done.webhooks:
        yield ngettext("%(count)s webhook sent.", "%(count)s webhooks sent.", done.webhooks) % {"count": done.webhooks}
    if done.anonymized:
        yield ngettext("%(count)s payment anonymised.", "%(count)s payments anonymised.", done.anonymized) % {
            "count": done.anonymized
        }


def _work_left() -> Iterator[str]:
    if issues := _open_issues():
        text = ngettext("%(count)s issue needs attention.", "%(count)s issues need attention.", issues)
        yield text % {"count": issues}


def _open_issues() -> int:
    return KhaltiIssue.objects.open().count()
