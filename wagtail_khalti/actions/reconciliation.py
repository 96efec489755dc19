"""What came of a run of reconcile."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(slots=True, kw_only=True)
class Reconciliation:
    """What came of a run, in numbers of payments."""

    answered: int = 0
    """Khalti was asked, and answered."""

    moved: int = 0
    """Those among them whose status changed."""

    unanswered: int = 0
    """Khalti was asked, and nothing was learned."""

    delivered: int = 0
    """Pieces of news that the site's code has heard."""

    undelivered: int = 0
    """Those that it failed on; they are tried again later."""

    broken: int = 0
    """Could not be worked on for a reason of ours, which the log tells."""

    in_other_hands: int = 0
    """Another run is just checking it."""

    not_asked: dict[str, str] = field(default_factory=dict)
    """Why Khalti was not asked any further, by merchant."""

    is_cut_short: bool = False
    """Whether the limit, the time or a signal ended it, rather than the work."""

    seconds: float = 0.0

    @property
    def asked(self) -> int:
        """About how many payments Khalti was asked."""
        return self.answered + self.unanswered

    def as_json(self) -> dict[str, Any]:
        """For a program, or the record."""
        return asdict(self)
