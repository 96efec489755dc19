"""``manage.py khalti_export_person``: all that is stored about a person, as JSON."""

from __future__ import annotations

import json
import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wagtail_khalti.management import persons
from wagtail_khalti.privacy import export_person


class Command(BaseCommand):
    help = (
        "Exports what is stored about a person, as JSON: their payments with refunds, answers, e-mails and history. "
        "Read it before you hand it on: staff may have written about other people into notes."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        persons.add_arguments(parser)
        parser.add_argument("--output", metavar="FILE", help="A new file, which only you can read; otherwise stdout.")

    def handle(self, *args: Any, **options: Any) -> None:
        if not persons.is_given(options):
            raise CommandError(_("Name a person by --email, --phone, --user or --reference."))
        pks = persons.chosen_payments(options)
        with translation.override("en"):
            text = json.dumps(export_person(pks), indent=2, ensure_ascii=False)
        if not options["output"]:
            self.stdout.write(text)
            return
        _write(options["output"], text)
        told = ngettext("%(count)s payment exported.", "%(count)s payments exported.", len(pks))
        self.stdout.write(told % {"count": len(pks)})


def _write(path: str, text: str) -> None:
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(f"{text}\n")
    except OSError as error:
        raise CommandError(
            _("%(file)s can't be written: %(error)s.") % {"file": path, "error": error.strerror}
        ) from error
