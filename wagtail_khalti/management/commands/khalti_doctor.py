"""``manage.py khalti_doctor``: what is well, what is not, and what to do about it."""

from __future__ import annotations

import io
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from wagtail_khalti.doctor import Finding, Level, Subject, examine, worst
from wagtail_khalti.management import diagnosis

WELL = 0
"""Nothing is wrong; there may be warnings."""
WARNED = 3
"""Something should be looked at; only said where it was asked for."""
WRONG = 4
"""Something is wrong. 1 and 2 are taken: by errors of Django's commands, and by arguments that make no sense."""


class Command(BaseCommand):
    help = (
        "Examines the settings, Khalti and its keys, the database, the recurring work and the stored payments, and "
        "says what to do. Changes nothing. Exit codes: 0 well, also with warnings; 3 warnings, with --strict; 4 errors."
    )
    requires_system_checks = []  # they are among what is examined

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--format", choices=["text", "json"], default="text", help="for people, or for programs")
        parser.add_argument("--no-network", action="store_true", help="leave out what has to ask Khalti")
        parser.add_argument("--strict", action="store_true", help="exit with 3 where there are only warnings")
        parser.add_argument(
            "--only",
            nargs="+",
            choices=Subject.values,
            metavar="SUBJECT",
            default=Subject.values,
            help=f"examine only these: {', '.join(Subject.values)}",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        _print_any_letter(self.stdout)
        subjects = [Subject(name) for name in options["only"]]
        if options["no_network"]:
            subjects = [subject for subject in subjects if subject != Subject.KHALTI]
        findings = list(examine(subjects=subjects))

        self._tell(findings, options["format"])
        if code := exit_code(findings, is_strict=options["strict"]):
            sys.exit(code)

    def _tell(self, findings: list[Finding], form: str) -> None:
        if form == "json":
            self.stdout.write(diagnosis.as_json(findings))
            return
        colours = {Level.OK: self.style.SUCCESS, Level.WARNING: self.style.WARNING, Level.ERROR: self.style.ERROR}
        for line in diagnosis.lines(findings, colours):
            self.stdout.write(line)


def exit_code(findings: list[Finding], *, is_strict: bool) -> int:
    codes = {Level.OK: WELL, Level.WARNING: WARNED if is_strict else WELL, Level.ERROR: WRONG}
    return codes[worst(findings)]


def _print_any_letter(out: Any) -> None:
    """A terminal or a log that knows no Nepali shows its letters by number, rather than nothing at all."""
    inner = getattr(out, "_out", out)
    if isinstance(inner, io.TextIOWrapper):
        inner.reconfigure(errors="backslashreplace")
