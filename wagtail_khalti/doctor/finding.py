"""A finding of the doctor."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Level(TextChoices):
    """How serious it is."""

    OK = "ok", _("ok")
    """No problem."""
    WARNING = "warning", _("warning")
    """To be looked at during working hours."""
    ERROR = "error", _("error")
    """Payments, or what the site knows of them, are wrong or at risk."""


class Subject(TextChoices):
    """What was checked."""

    SETTINGS = "settings", _("Settings")
    """The site's settings."""
    KHALTI = "khalti", _("Khalti")
    """Whether Khalti responds, and accepts the API keys."""
    DATABASE = "database", _("Database")
    """The database and its schema."""
    WORK = "work", _("Work")
    """Recurring work, and what is waiting for it."""
    LEDGER = "ledger", _("Ledger")
    """Whether the stored data is consistent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Never contains a key or personal data, but may contain references and pidx."""

    level: Level
    subject: Subject
    name: str
    """For programs: stable in all languages and releases."""

    sentence: str
    remedy: str = ""
    """What to do about it; empty if nothing."""

    references: tuple[str, ...] = ()
    """A few of the affected payments."""

    numbers: Mapping[str, int] = field(default_factory=dict)
    """For programs: the numbers of the sentence."""

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return asdict(self)


def worst(findings: Iterable[Finding]) -> Level:
    """The highest level of all findings; ``OK`` if there are none."""
    order = list(Level)
    return max((finding.level for finding in findings), key=order.index, default=Level.OK)
