"""Checks of the last run of reconcile, and of its schedule."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from django.utils import timezone
from django.utils.translation import gettext as _

from wagtail_khalti.conf import Mode, configuration
from wagtail_khalti.doctor.finding import Finding, Level, Subject
from wagtail_khalti.doctor.waiting import OVERDUE_AFTER, age, of_configured_accounts
from wagtail_khalti.lookups import LEASE
from wagtail_khalti.models import KhaltiRun

MAX_INTERVAL = timedelta(days=1)  # no schedule is longer; a server may have been down

found = partial(Finding, subject=Subject.WORK)


def last_reconcile() -> Iterator[Finding]:
    """When it was, and its result."""
    run = KhaltiRun.objects.filter(work=KhaltiRun.Work.RECONCILE).first()
    now = timezone.now()
    if run is None:
        yield _never() if _is_anything_due(now) else _not_yet()
    elif (run.finished_at is None or run.finished_at < run.begun_at) and _is_running(now):
        sentence = _("Reconcile has been running for %s.") % age(run.begun_at)
        yield found(level=Level.OK, name="running", sentence=sentence)
    elif now - run.begun_at > OVERDUE_AFTER and _is_anything_due(now):
        yield _overdue(run)
    else:
        yield _finished(run)


def schedule() -> Iterator[Finding]:
    """In live mode: whether anything but page views runs reconcile."""
    configured = configuration()
    if all(merchant.mode != Mode.LIVE for merchant in configured.merchants.values()):
        return
    run = KhaltiRun.objects.filter(work=KhaltiRun.Work.SCHEDULED).first()
    if run and timezone.now() - run.begun_at < MAX_INTERVAL:
        sentence = _("The last scheduled reconcile was %s ago.") % age(run.begun_at)
        yield found(level=Level.OK, name="scheduled", sentence=sentence)
        return
    yield found(
        level=Level.WARNING,
        name="not_scheduled",
        sentence=_("Only page views run reconcile: while nobody visits the site, no payment is checked.")
        if configured.reconcile_every
        else _("Nothing runs reconcile: RECONCILE_EVERY is 0, and no schedule has run it within a day."),
        remedy=_cron(),
    )


def _never() -> Finding:
    return found(
        level=Level.WARNING,
        name="never_reconciled",
        sentence=_("Reconcile has never run, although payments are due."),
        remedy=_cron(),
    )


def _not_yet() -> Finding:
    return found(level=Level.OK, name="reconciled", sentence=_("Reconcile has not run yet, and no payments are due."))


def _overdue(run: KhaltiRun) -> Finding:
    is_unfinished = run.finished_at is None or run.finished_at < run.begun_at
    sentence = (
        _("The last reconcile started %s ago and did not finish, although payments are due.")
        if is_unfinished
        else _("The last reconcile was %s ago, although payments are due.")
    )
    return found(
        level=Level.WARNING,
        name="not_reconciled",
        sentence=sentence % age(run.begun_at),
        remedy=_cron(),
        numbers={"seconds_ago": int((timezone.now() - run.begun_at).total_seconds())},
    )


def _finished(run: KhaltiRun) -> Finding:
    skipped, broken = run.summary.get("skipped") or {}, run.summary.get("broken") or 0
    when, numbers = age(run.begun_at), {"broken": broken, "merchants_skipped": len(skipped)}
    if skipped:
        reasons = "; ".join(f"“{merchant}”: {reason}" for merchant, reason in skipped.items())
        sentence = _("The last reconcile, %(when)s ago, skipped payments (%(reasons)s).")
        sentence, remedy = sentence % {"when": when, "reasons": reasons}, _("See the findings about Khalti.")
    elif broken:
        sentence = _("The last reconcile, %(when)s ago, could not process %(count)s payments.")
        sentence, remedy = sentence % {"when": when, "count": broken}, _("See the log of that run.")
    else:
        sentence, remedy = _("The last reconcile was %s ago.") % when, ""
    level = Level.WARNING if remedy else Level.OK
    return found(level=level, name="reconciled", sentence=sentence, remedy=remedy, numbers=numbers)


def _is_anything_due(now: datetime) -> bool:
    return of_configured_accounts().due(now).exists()


def _is_running(now: datetime) -> bool:
    """Whether an unfinished run has leased payments. A leased payment is due when its lease ends."""
    soon = of_configured_accounts().filter(next_check_at__gt=now, next_check_at__lte=now + LEASE)
    return soon.filter(leased_until__gt=now).exists()


def _cron() -> str:
    return _("Run it by cron every minute: cd /srv/site && .venv/bin/python manage.py khalti_reconcile --verbosity 0")
