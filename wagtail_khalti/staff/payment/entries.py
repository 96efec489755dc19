"""A line of the timeline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wagtail_khalti.models import KhaltiEvent
from wagtail_khalti.staff.timestamps import Timestamp, timestamp_of


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """When, what, and by whom."""

    moment: Timestamp
    what: str
    details: str = ""
    who: str
    raw: str = ""
    """As it was kept, for developers."""


def entry_of_system(at: datetime, what: str, details: str) -> TimelineEntry:
    """Of something that no person did."""
    return TimelineEntry(moment=timestamp_of(at), what=what, details=details, who=str(KhaltiEvent.Actor.SYSTEM.label))
