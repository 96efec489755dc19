"""The doctor's findings, as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby

from django.utils import timezone
from django.utils.translation import gettext as _

from wagtail_khalti.doctor import Finding, Level, worst

INDENT = "  "

Colours = Mapping[Level, Callable[[str], str]]


def lines(findings: Sequence[Finding], colours: Colours) -> Iterator[str]:
    """By subject, a line for each finding, with its remedy below."""
    width = max(len(level.label) for level in Level) + len(INDENT)
    for subject, group in groupby(findings, lambda finding: finding.subject):
        yield str(subject.label)
        for finding in group:
            level = str(finding.level.label).ljust(width)  # before the colour, which adds invisible characters
            yield f"{INDENT}{colours[finding.level](level)}{one_line(finding.sentence)}"
            for detail in _details(finding):
                yield f"{INDENT}{' ' * width}{one_line(detail)}"
    yield _verdict(findings)


def as_json(findings: Sequence[Finding]) -> str:
    """In ASCII, so that it passes any pipe."""
    document = {
        "examined_at": timezone.now().isoformat(),
        "result": worst(findings),
        "findings": [finding.as_json() for finding in findings],
    }
    return json.dumps(document, indent=2)


def one_line(text: str) -> str:
    """Errors of other libraries may contain line breaks, or control characters."""
    return "".join(letter if letter.isprintable() or letter.isspace() else "?" for letter in " ".join(text.split()))


def _details(finding: Finding) -> Iterator[str]:
    if finding.references:
        yield _("For example: %s") % ", ".join(finding.references)
    if finding.remedy:
        yield finding.remedy


def _verdict(findings: Sequence[Finding]) -> str:
    levels = [finding.level for finding in findings]
    errors, warnings = levels.count(Level.ERROR), levels.count(Level.WARNING)
    if not errors and not warnings:
        return _("No problems found.")
    return _("Errors: %(errors)s. Warnings: %(warnings)s.") % {"errors": errors, "warnings": warnings}
