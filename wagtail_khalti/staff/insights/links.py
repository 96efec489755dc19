"""From a total to the payments that make it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse

from wagtail_khalti.staff.periods import as_typed


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Into the list of payments, with its own filters."""

    first: date
    last: date
    mode: str
    merchant: str = ""
    site: int | None = None
    source: str = ""

    def started(self, status: str = "") -> str:
        """What was begun in these days, and how it stands now, if that matters."""
        return self._link(**self._days("created"), status=status)

    def paid(self) -> str:
        """What came in."""
        return self._link(**self._days("paid"))

    def refunded(self) -> str:
        """What went back, of whichever payments."""
        return self._link(**self._days("refunded"))

    def _days(self, name: str) -> dict[str, str]:
        return {f"{name}_from": as_typed(self.first), f"{name}_to": as_typed(self.last)}

    def _link(self, **filters: object) -> str:
        whose = {"mode": self.mode, "merchant": self.merchant, "site": self.site, "source": self.source}
        query = {name: value for name, value in (whose | filters).items() if value}
        return f"{reverse('khalti_payments:index')}?{urlencode(query)}"
