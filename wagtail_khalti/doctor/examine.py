"""Examines everything, and goes on where one examination breaks down."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from functools import partial

from django.db import OperationalError, ProgrammingError, connection, transaction
from django.utils.translation import gettext as _

from wagtail_khalti.conf import API_URLS, Mode
from wagtail_khalti.doctor import database, issues, keys, last_run, ledger, schema, settings, totals, waiting
from wagtail_khalti.doctor.finding import Finding, Level, Subject

logger = logging.getLogger(__name__)

Examination = Callable[[], Iterable[Finding]]

MAX_WORDS_LENGTH = 200

IN_THE_DATABASE: Mapping[Subject, tuple[Examination, ...]] = {
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
        waiting.left_behind,
        issues.undelivered,
        issues.open_issues,
    ),
    Subject.LEDGER: (ledger.ledger, totals.totals),
}


def examine(
    *, subjects: Collection[Subject] = tuple(Subject), hosts: Mapping[Mode, str] = API_URLS
) -> Iterator[Finding]:
    """Everything about these ``subjects``, as it is found. ``hosts`` are Khalti's own.

    Never raises: what can't be examined is a finding, too.
    """
    if Subject.SETTINGS in subjects:
        yield from _carefully(Subject.SETTINGS, settings.system_checks, settings.merchants)
    if Subject.KHALTI in subjects:
        yield from _carefully(Subject.KHALTI, partial(keys.keys, hosts))

    stored = [subject for subject in IN_THE_DATABASE if subject in subjects]
    answers = list(_carefully(Subject.DATABASE, database.answers)) if stored else []
    yield from answers
    if any(finding.level == Level.ERROR for finding in answers):
        return  # each further question would wait as long, to fail likewise
    if Subject.SETTINGS in subjects:
        yield from _carefully(Subject.SETTINGS, settings.chosen_merchants)
    for subject in stored:
        yield from _carefully(subject, *IN_THE_DATABASE[subject])


def _carefully(subject: Subject, *examinations: Examination) -> Iterator[Finding]:
    """Where several break down for the same reason, it is told once."""
    told: set[str] = set()
    for examination in examinations:
        try:
            with _undoing_no_more_than_needed():
                findings = list(examination())
        except Exception as error:  # noqa: BLE001 - whatever it is, the operator has to see the rest
            findings = [_broken(subject, error)]
        for finding in findings:
            if finding.sentence not in told:
                told.add(finding.sentence)
                yield finding


def _undoing_no_more_than_needed() -> AbstractContextManager[object]:
    """Inside a transaction, as on a page with ``ATOMIC_REQUESTS``, one error must not make all that follows fail."""
    return transaction.atomic() if connection.in_atomic_block else nullcontext()


def _broken(subject: Subject, error: Exception) -> Finding:
    logger.debug("An examination broke down", exc_info=error)
    return Finding(
        level=Level.ERROR,
        subject=subject,
        name="not_examined",
        sentence=_("This could not be examined: %s.") % _words(error),
        remedy=_("See that the database answers and that `manage.py migrate` has run, and examine again."),
    )


def _words(error: Exception) -> str:
    """Errors about connections and tables speak of nothing else; others might quote what is stored."""
    kind = type(error).__name__
    if not isinstance(error, OperationalError | ProgrammingError):
        return kind
    lines = str(error).splitlines() or [""]
    return f"{kind}: {lines[0][:MAX_WORDS_LENGTH].rstrip('.')}"
