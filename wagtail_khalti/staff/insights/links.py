"""Links from a total to the payments in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse

from wagtail_khalti.staff.periods import as_typed


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """To the list of payments, with its own filters."""

    first: date
    last: date
    mode: str
    merchant: str = ""
    site: int | None = None
    source: str = ""

    def started(self, status: str = "") -> str:
        """Payments started in these days, optionally only those with this status."""
        return self._link(**self._days("created"), status=status)

    def paid(self) -> str:
        """Payments completed in these days."""
        return self._link(**self._days("paid"))

    def refunded(self) -> str:
        """Payments with a refund in these days."""
        return self._link(**self._days("refunded"))

    def _days(self, name: str) -> dict[str, str]:
        return {f"{name}_from": as_typed(self.first), f"{name}_to": as_typed(self.last)}

    def _link(self, **filters: object) -> str:
        scope = {"mode": self.mode, "merchant": self.merchant, "site": self.site, "source": self.source}
        query = {name: value for name, value in (scope | filters).items() if value}
        return f"{reverse('khalti_payments:index')}?{urlencode(query)}"
