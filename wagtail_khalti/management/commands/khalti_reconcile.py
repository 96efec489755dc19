"""``manage.py khalti_reconcile``: look up due payments, and deliver pending events."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import Error, close_old_connections
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wagtail_khalti.actions import Reconciliation, reconcile
from wagtail_khalti.management import arguments, due, reports
from wagtail_khalti.management.progress import ProgressBar
from wagtail_khalti.management.search import find_payment
from wagtail_khalti.management.stopping import Stopping
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.reporting import rebuild_snapshots

MIN_PAUSE = 1.0  # seconds between two rounds


class Command(BaseCommand):
    help = (
        "Looks up due payments at Khalti, and delivers pending events to the site's receivers. Any number may run at "
        "the same time. Exit codes: 0 done, or as much as was allowed; 3 Khalti is unavailable; 4 errors on this site."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        arguments.add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        self.options = options
        if options["loop"] and (options["payment"] or options["dry_run"]):
            raise CommandError("--loop can't be combined with --payment or --dry-run.")
        if options["rebuild"] and (options["loop"] or options["payment"] or options["dry_run"]):
            raise CommandError("--rebuild can't be combined with --loop, --payment or --dry-run.")
        try:
            if options["dry_run"]:
                self._print_due()
            elif options["rebuild"]:
                self._rebuild()
            else:
                self._work()
        except Error as error:
            message = _("Database error: %(error)s") % {"error": error}
            raise CommandError(message, returncode=reports.BROKEN) from error

    def _work(self) -> None:
        with Stopping() as stopping:
            if self.options["loop"]:
                self._loop(stopping)
                return
            only = self._payment() if self.options["payment"] else None
            done = self._run(stopping, only)
        self._report(done, only)
        if code := reports.exit_code(done):
            sys.exit(code)

    def _rebuild(self) -> None:
        with Stopping() as stopping:
            days = len(rebuild_snapshots(is_over=stopping))
        if self.options["format"] == "json":
            self.stdout.write(json.dumps({"rebuilt": days}))
        else:
            text = ngettext(
                "The totals of %(days)s day were rebuilt.", "The totals of %(days)s days were rebuilt.", days
            )
            self.stdout.write(text % {"days": days})

    def _loop(self, stopping: Stopping) -> None:
        """A database error ends only the round, for example during a restart."""
        while not stopping():
            pause = interval = self.options["interval"]
            close_old_connections()
            try:
                done = self._run(stopping)
                if reports.is_worth_reporting(done) or self.options["verbosity"] > 1:
                    self._report(done)
                if not done.skipped:  # while Khalti is down, pause for the whole interval
                    pause = _until_next_round(done, interval)
            except Error as error:
                self.stderr.write(_("Database error: %(error)s") % {"error": error})
            stopping.wait(pause)

    def _run(self, stopping: Stopping, only: KhaltiPayment | None = None) -> Reconciliation:
        options = self.options
        bar = ProgressBar(self._total()) if self._is_interactive() else None
        try:
            return reconcile(
                limit=options["limit"],
                concurrency=options["concurrency"] if only is None else 1,
                seconds=options["seconds"],
                only=only,
                on_progress=bar,
                is_stopping=stopping,
            )
        finally:
            if bar:
                bar.close()

    def _payment(self) -> KhaltiPayment:
        name = self.options["payment"]
        payment = find_payment(name)
        if payment is None:
            raise CommandError(_("No payment has the reference or pidx %(name)s.") % {"name": name})
        return payment

    def _is_interactive(self) -> bool:
        is_plain = self.options["format"] == "text" and self.options["verbosity"] > 0
        return is_plain and not self.options["payment"] and self.stdout.isatty() and sys.stderr.isatty()

    def _total(self) -> int:
        count = sum(some.count for some in due.due_payments().values())
        return min(count, self.options["limit"] or count)

    def _report(self, done: Reconciliation, only: KhaltiPayment | None = None) -> None:
        is_for_programs = self.options["format"] == "json"
        text = json.dumps(reports.as_data(done)) if is_for_programs else reports.summary(done, only=only)
        if self.options["verbosity"] > 0:
            self.stdout.write(text)
            self.stdout.flush()
        elif reports.exit_code(done):
            self.stderr.write(text)

    def _print_due(self) -> None:
        if self.options["payment"]:
            self.stdout.write(due.sentence_about(self._payment()))
        elif self.options["format"] == "json":
            self.stdout.write(json.dumps(due.as_data()))
        else:
            self.stdout.write("\n".join(due.sentences()))


def _until_next_round(done: Reconciliation, interval: float) -> float:
    if done.is_cut_short:
        return MIN_PAUSE
    next_due = due.next_due_in()
    return interval if next_due is None else max(MIN_PAUSE, min(interval, next_due.total_seconds()))
