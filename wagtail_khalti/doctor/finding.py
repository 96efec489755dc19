"""One thing that was found, in the words of the operator."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Level(TextChoices):
    """How much it matters."""

    OK = "ok", _("ok")
    """As it should be."""
    WARNING = "warning", _("warning")
    """Somebody should look at it in working hours."""
    ERROR = "error", _("error")
    """Payments, or what the site knows of them, are wrong or in danger."""


class Subject(TextChoices):
    """What was examined."""

    SETTINGS = "settings", _("Settings")
    """What the site says of itself."""
    KHALTI = "khalti", _("Khalti")
    """Whether it answers, and takes the keys."""
    DATABASE = "database", _("Database")
    """Whether it keeps what the payments rest on."""
    WORK = "work", _("Work")
    """What is done again and again, and what waits for it."""
    LEDGER = "ledger", _("Ledger")
    """Whether what is stored agrees with itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Never holds a key, or anything of a customer; references and pidx may be in it."""

    level: Level
    subject: Subject
    name: str
    """For programs: the same in every language and release."""

    sentence: str
    remedy: str = ""
    """What to do about it; empty where nothing is to be done."""

    references: tuple[str, ...] = ()
    """A few of the payments concerned."""

    numbers: Mapping[str, int] = field(default_factory=dict)
    """For programs: what the sentence counts."""

    def as_json(self) -> dict[str, Any]:
        """For a program."""
        return asdict(self)


def worst(findings: Iterable[Finding]) -> Level:
    """That of the worst finding; all is well where there is none."""
    order = list(Level)
    return max((finding.level for finding in findings), key=order.index, default=Level.OK)
