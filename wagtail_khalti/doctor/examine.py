"""Runs all checks, and continues if one of them fails."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from functools import partial

from django.db import OperationalError, ProgrammingError, connection, transaction
from django.utils.translation import gettext as _

from wagtail_khalti.conf import API_URLS, Mode
from wagtail_khalti.doctor import (
    database,
    issues,
    keys,
    last_run,
    ledger,
    mails,
    receipt_numbers,
    schema,
    settings,
    totals,
    waiting,
    webhooks,
)
from wagtail_khalti.doctor.finding import Finding, Level, Subject

logger = logging.getLogger(__name__)

Check = Callable[[], Iterable[Finding]]

MAX_MESSAGE_LENGTH = 200

DATABASE_CHECKS: Mapping[Subject, tuple[Check, ...]] = {
    Subject.DATABASE: (
        database.migrations,
        schema.constraints,
        schema.indexes,
        database.engines,
        database.characters,
        database.clock,
    ),
    Subject.WORK: (
        last_run.last_reconcile,
        last_run.schedule,
        waiting.overdue,
        waiting.in_progress,
        waiting.unconfirmed_refunds,
        waiting.missing_merchants,
        issues.undelivered,
        mails.unsent_mails,
        webhooks.webhooks,
        issues.open_issues,
    ),
    Subject.LEDGER: (ledger.ledger, receipt_numbers.receipt_numbers, totals.totals),
}


def examine(
    *, subjects: Collection[Subject] = tuple(Subject), hosts: Mapping[Mode, str] = API_URLS
) -> Iterator[Finding]:
    """The findings of these ``subjects``, one by one. ``hosts`` are Khalti's own.

    Never raises: a check that fails is a finding, too.
    """
    if Subject.SETTINGS in subjects:
        yield from _run(Subject.SETTINGS, settings.system_checks, settings.merchants)
    if Subject.KHALTI in subjects:
        yield from _run(Subject.KHALTI, partial(keys.keys, hosts))

    stored = [subject for subject in DATABASE_CHECKS if subject in subjects]
    connection_findings = list(_run(Subject.DATABASE, database.connects)) if stored else []
    yield from connection_findings
    if any(finding.level == Level.ERROR for finding in connection_findings):
        return  # each further query would time out, too
    if Subject.SETTINGS in subjects:
        yield from _run(Subject.SETTINGS, settings.chosen_merchants)
    for subject in stored:
        yield from _run(subject, *DATABASE_CHECKS[subject])


def _run(subject: Subject, *checks: Check) -> Iterator[Finding]:
    """Several failures for the same reason are reported once."""
    reported: set[str] = set()
    for check in checks:
        try:
            with _savepoint_if_needed():
                findings = list(check())
        except Exception as error:  # noqa: BLE001 - the other checks must still run
            findings = [_broken(subject, error)]
        for finding in findings:
            if finding.sentence not in reported:
                reported.add(finding.sentence)
                yield finding


def _savepoint_if_needed() -> AbstractContextManager[object]:
    """Inside a transaction, as with ``ATOMIC_REQUESTS``, one error must not make all later checks fail."""
    return transaction.atomic() if connection.in_atomic_block else nullcontext()


def _broken(subject: Subject, error: Exception) -> Finding:
    logger.debug("A check failed", exc_info=error)
    return Finding(
        level=Level.ERROR,
        subject=subject,
        name="not_examined",
        sentence=_("This could not be checked: %s.") % _message(error),
        remedy=_("Make sure that the database is running and `manage.py migrate` has been run, and try again."),
    )


def _message(error: Exception) -> str:
    """Messages about connections and tables are safe; others might contain personal data."""
    kind = type(error).__name__
    if not isinstance(error, OperationalError | ProgrammingError):
        return kind
    lines = str(error).splitlines() or [""]
    return f"{kind}: {lines[0][:MAX_MESSAGE_LENGTH].rstrip('.')}"
