"""Limits of an offer: how many units there are, and when they are on sale."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from django.utils import timezone


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """What is limited about an offer. Everything is optional."""

    units: int | None = None
    """How many can be sold in total; None if there is no limit."""

    sale_from: datetime | None = None
    """When the sale begins. Times are compared as moments, so any time zone will do."""

    sale_until: datetime | None = None
    """When it ends; at that moment nothing is sold any more."""

    sold_out_text: str = ""
    """What visitors read in place of the button once everything is sold; empty for "Sold out"."""

    shows_available: bool = False
    """Whether visitors see how many are left, however many those are."""

    def has_not_begun(self, now: datetime) -> bool:
        return self.sale_from is not None and now < _as_stored(self.sale_from)

    def has_ended(self, now: datetime) -> bool:
        return self.sale_until is not None and now >= _as_stored(self.sale_until)

    def as_json(self) -> dict[str, Any]:
        """For a signed offer."""
        return {
            "units": self.units,
            "sale_from": self.sale_from and self.sale_from.isoformat(),
            "sale_until": self.sale_until and self.sale_until.isoformat(),
            "sold_out_text": self.sold_out_text,
            "shows_available": self.shows_available,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        times = {name: data[name] and datetime.fromisoformat(data[name]) for name in ("sale_from", "sale_until")}
        return cls(**{**data, **times})


def _as_stored(moment: datetime) -> datetime:
    """Comparable with ``timezone.now()``: naive only on a site with ``USE_TZ = False``."""
    if timezone.is_naive(timezone.now()):
        return moment if timezone.is_naive(moment) else timezone.make_naive(moment)
    return timezone.make_aware(moment, timezone.get_default_timezone()) if timezone.is_naive(moment) else moment
