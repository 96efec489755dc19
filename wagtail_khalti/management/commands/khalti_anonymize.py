"""``manage.py khalti_anonymize``: erase the personal data of payments, and keep the books."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wagtail_khalti.management import persons
from wagtail_khalti.management.stopping import Stopping
from wagtail_khalti.privacy import Anonymization, anonymize, retention_limit, started_before

DONE = 0
LEFT = 3
"""Some payments have to wait, or a signal ended it early. 1 and 2 are used by Django."""

Payments = Callable[[], Iterable[int]]


class Command(BaseCommand):
    help = (
        "Erases the personal data of payments: of a person, or of all that were started before a day. Amounts, dates, "
        "references and receipt numbers stay. It can't be undone. Exit codes: 0 done; 3 some payments have to wait, "
        "or it was stopped: repeat it later."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        persons.add_arguments(parser)
        period = parser.add_mutually_exclusive_group()
        period.add_argument("--before", type=_day, metavar="DATE", help="Payments started before this day, 2026-01-31.")
        period.add_argument(
            "--retention", action="store_true", help="Payments older than KEEP_PERSONAL_DATA in the settings."
        )
        parser.add_argument("--dry-run", action="store_true", help="Only count them. Change nothing.")
        parser.add_argument("--no-input", action="store_false", dest="interactive", help="Don't ask for confirmation.")

    def handle(self, *args: Any, **options: Any) -> None:
        payments = _chosen(options)
        with Stopping() as stopping:
            if options["dry_run"] or options["interactive"]:
                planned = anonymize(payments(), dry_run=True, is_over=stopping)
                self._print(planned, is_done=False)
                if options["dry_run"] or not planned.count or stopping():
                    _exit(planned)
                    return
                self._confirm()
            done = anonymize(payments(), is_over=stopping, on_progress=self._progress())
        self._print(done, is_done=True)
        _exit(done)

    def _confirm(self) -> None:
        answer = input(_("This can't be undone. Type “yes” to continue: "))
        if answer.strip().lower() != "yes":
            raise CommandError(_("Nothing was changed."))

    def _progress(self) -> Callable[[Anonymization], None] | None:
        if not self.stdout.isatty():
            return None
        return lambda done: print(f"\r{done.count}", end="\r", file=sys.stderr, flush=True)

    def _print(self, result: Anonymization, *, is_done: bool) -> None:
        for line in _sentences(result, is_done=is_done):
            self.stdout.write(line)


def _chosen(options: dict[str, Any]) -> Payments:
    """Found once, if they are a person's; walked through again otherwise."""
    before = options["before"]
    if persons.is_given(options):
        if before or options["retention"]:
            raise CommandError(_("Choose a person or a period, not both."))
        pks = persons.chosen_payments(options)
        return lambda: pks
    if options["retention"] and (before := retention_limit()) is None:
        raise CommandError(_("KEEP_PERSONAL_DATA is not set: personal data is kept for ever."))
    if before is None:
        raise CommandError(_("Choose payments by --email, --phone, --user, --reference, --before or --retention."))
    return lambda: started_before(before)


def _day(text: str) -> datetime:
    """Its beginning, in the site's time zone."""
    try:
        begin = datetime.combine(date.fromisoformat(text), time())
        moment = timezone.make_aware(begin) if timezone.is_aware(timezone.now()) else begin
    except (ValueError, OverflowError):
        raise ArgumentTypeError(f"{text!r} is not a date such as 2026-01-31") from None
    if moment > timezone.now():
        raise ArgumentTypeError(f"{text} is in the future")
    return moment


def _sentences(result: Anonymization, *, is_done: bool) -> Iterator[str]:
    if is_done:
        text = ngettext("%(count)s payment anonymised.", "%(count)s payments anonymised.", result.count)
    else:
        text = ngettext("%(count)s payment to anonymise.", "%(count)s payments to anonymise.", result.count)
    yield text % {"count": result.count}
    for reason, count in result.waiting.items():
        text = ngettext("%(count)s payment waits: %(reason)s.", "%(count)s payments wait: %(reason)s.", count)
        named, more = ", ".join(result.references[reason]), "" if len(result.references[reason]) == count else " …"
        yield f"{text % {'count': count, 'reason': reason.label}} {named}{more}"
    if result.is_cut_short:
        yield _("Stopped before everything was done.")


def _exit(result: Anonymization) -> None:
    if result.waiting or result.is_cut_short:
        sys.exit(LEFT)
