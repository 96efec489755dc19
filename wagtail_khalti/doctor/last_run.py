"""When reconcile last ran, and how it ended."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from django.utils import timezone
from django.utils.translation import gettext as _

from wagtail_khalti.conf import Mode, configuration
from wagtail_khalti.doctor.finding import Finding, Level, Subject
from wagtail_khalti.doctor.waiting import PATIENCE, age, of_our_accounts
from wagtail_khalti.lookups import LEASE
from wagtail_khalti.models import KhaltiRun

A_DAY = timedelta(days=1)  # nobody lets it run more seldom; a server may have been down

found = partial(Finding, subject=Subject.WORK)


def last_reconcile() -> Iterator[Finding]:
    """When, and how it ended."""
    run = KhaltiRun.objects.filter(work=KhaltiRun.Work.RECONCILE).first()
    now = timezone.now()
    if run is None:
        yield _never() if _is_anything_due(now) else _not_yet()
    elif (run.finished_at is None or run.finished_at < run.begun_at) and _is_at_work(now):
        sentence = _("Reconcile has been at work for %s.") % age(run.begun_at)
        yield found(level=Level.OK, name="running", sentence=sentence)
    elif now - run.begun_at > PATIENCE and _is_anything_due(now):
        yield _too_long_ago(run)
    else:
        yield _as_it_ended(run)


def schedule() -> Iterator[Finding]:
    """Where real money depends on it: whether more than page views asks Khalti."""
    configured = configuration()
    if all(merchant.mode != Mode.LIVE for merchant in configured.merchants.values()):
        return
    run = KhaltiRun.objects.filter(work=KhaltiRun.Work.SCHEDULED).first()
    if run and timezone.now() - run.begun_at < A_DAY:
        sentence = _("Reconcile was last run by a schedule %s ago.") % age(run.begun_at)
        yield found(level=Level.OK, name="scheduled", sentence=sentence)
        return
    yield found(
        level=Level.WARNING,
        name="not_scheduled",
        sentence=_("Only page views run reconcile: while nobody looks at the site, no payment is asked about.")
        if configured.reconcile_every
        else _("Nothing runs reconcile: RECONCILE_EVERY is 0, and no schedule has run it in the last day."),
        remedy=_cron(),
    )


def _never() -> Finding:
    return found(
        level=Level.WARNING,
        name="never_reconciled",
        sentence=_("Reconcile has never run, and something is due."),
        remedy=_cron(),
    )


def _not_yet() -> Finding:
    return found(level=Level.OK, name="reconciled", sentence=_("Reconcile has not run yet, and nothing is due."))


def _too_long_ago(run: KhaltiRun) -> Finding:
    is_broken_off = run.finished_at is None or run.finished_at < run.begun_at
    sentence = (
        _("The last reconcile began %s ago and did not come to its end, and something is due.")
        if is_broken_off
        else _("The last reconcile was %s ago, and something is due.")
    )
    return found(
        level=Level.WARNING,
        name="not_reconciled",
        sentence=sentence % age(run.begun_at),
        remedy=_cron(),
        numbers={"seconds_ago": int((timezone.now() - run.begun_at).total_seconds())},
    )


def _as_it_ended(run: KhaltiRun) -> Finding:
    silent, broken = run.summary.get("not_asked") or {}, run.summary.get("broken") or 0
    when, numbers = age(run.begun_at), {"broken": broken, "merchants_not_asked": len(silent)}
    if silent:
        reasons = "; ".join(f"“{merchant}”: {reason}" for merchant, reason in silent.items())
        sentence = _("The last reconcile, %(when)s ago, stopped asking (%(reasons)s).")
        sentence, remedy = sentence % {"when": when, "reasons": reasons}, _("See what is said of Khalti here.")
    elif broken:
        sentence = _("The last reconcile, %(when)s ago, broke down over %(count)s payments.")
        sentence, remedy = sentence % {"when": when, "count": broken}, _("The log of that run says over what.")
    else:
        sentence, remedy = _("The last reconcile was %s ago.") % when, ""
    level = Level.WARNING if remedy else Level.OK
    return found(level=level, name="reconciled", sentence=sentence, remedy=remedy, numbers=numbers)


def _is_anything_due(now: datetime) -> bool:
    return of_our_accounts().due(now).exists()


def _is_at_work(now: datetime) -> bool:
    """Whether a run that has not ended has something in hand. What is claimed is due when the claim is over."""
    soon = of_our_accounts().filter(next_check_at__gt=now, next_check_at__lte=now + LEASE)
    return soon.filter(leased_until__gt=now).exists()


def _cron() -> str:
    return _("Let cron run it each minute: cd /srv/site && .venv/bin/python manage.py khalti_reconcile --verbosity 0")
