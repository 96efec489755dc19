"""``manage.py khalti_doctor``: find problems, and how to solve them."""

from __future__ import annotations

import io
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from wagtail_khalti.doctor import Finding, Level, Subject, examine, worst
from wagtail_khalti.management import diagnosis

WELL = 0
"""No errors; there may be warnings."""
WARNED = 3
"""Warnings; only with ``--strict``."""
WRONG = 4
"""Errors. 1 and 2 are used by Django: for command errors, and for invalid arguments."""


class Command(BaseCommand):
    help = (
        "Checks the settings, Khalti and the API keys, the database, the recurring work and the stored payments, and "
        "suggests remedies. Changes nothing. Exit codes: 0 no errors; 3 warnings, with --strict; 4 errors."
    )
    requires_system_checks = []  # the doctor runs them itself

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--format", choices=["text", "json"], default="text", help="output format")
        parser.add_argument("--no-network", action="store_true", help="skip requests to Khalti")
        parser.add_argument("--strict", action="store_true", help="exit with 3 if there are warnings")
        parser.add_argument(
            "--only",
            nargs="+",
            choices=Subject.values,
            metavar="SUBJECT",
            default=Subject.values,
            help=f"check only these: {', '.join(Subject.values)}",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        _allow_all_characters(self.stdout)
        subjects = [Subject(name) for name in options["only"]]
        if options["no_network"]:
            subjects = [subject for subject in subjects if subject != Subject.KHALTI]
        findings = list(examine(subjects=subjects))

        self._print(findings, options["format"])
        if code := exit_code(findings, is_strict=options["strict"]):
            sys.exit(code)

    def _print(self, findings: list[Finding], form: str) -> None:
        if form == "json":
            self.stdout.write(diagnosis.as_json(findings))
            return
        colours = {Level.OK: self.style.SUCCESS, Level.WARNING: self.style.WARNING, Level.ERROR: self.style.ERROR}
        for line in diagnosis.lines(findings, colours):
            self.stdout.write(line)


def exit_code(findings: list[Finding], *, is_strict: bool) -> int:
    codes = {Level.OK: WELL, Level.WARNING: WARNED if is_strict else WELL, Level.ERROR: WRONG}
    return codes[worst(findings)]


def _allow_all_characters(out: Any) -> None:
    """Escape characters that the terminal or log can't encode, instead of failing."""
    inner = getattr(out, "_out", out)
    if isinstance(inner, io.TextIOWrapper):
        inner.reconfigure(errors="backslashreplace")
