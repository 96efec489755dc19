"""The result of a run of reconcile."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(slots=True, kw_only=True)
class Reconciliation:
    """The result of a run, in numbers of payments unless noted."""

    answered: int = 0
    """Looked up, and Khalti responded."""

    moved: int = 0
    """Those of them whose status changed."""

    unanswered: int = 0
    """Looked up without a usable response."""

    delivered: int = 0
    """Events that were delivered."""

    undelivered: int = 0
    """Events that failed; they are tried again later."""

    mailed: int = 0
    """E-mails that the mail server accepted."""

    webhooks: int = 0
    """Webhook messages that their endpoints accepted."""

    anonymized: int = 0
    """Payments whose personal data was erased, because it was older than ``KEEP_PERSONAL_DATA``."""

    broken: int = 0
    """Failed with an exception, which is in the log."""

    leased_elsewhere: int = 0
    """Another run is checking it."""

    skipped: dict[str, str] = field(default_factory=dict)
    """Merchants that were skipped for the rest of the run, with the reason."""

    is_cut_short: bool = False
    """Whether the limit, the time or a signal ended it early."""

    seconds: float = 0.0

    @property
    def looked_up(self) -> int:
        """How many payments were looked up."""
        return self.answered + self.unanswered

    def as_json(self) -> dict[str, Any]:
        """For programs, and the database."""
        return asdict(self)
