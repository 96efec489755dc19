"""A time as staff read it, and to the second."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from wagtail_khalti.formatting import format_in_both_calendars, format_time, in_site_time


@dataclass(frozen=True, slots=True, kw_only=True)
class Timestamp:
    """In the site's time zone, like filters, figures and exports. The zone is named if the user's own is another."""

    at: datetime
    text: str
    exact: str
    """To the second, as a tooltip."""


def timestamp_of(at: datetime) -> Timestamp:
    local = in_site_time(at)
    return Timestamp(at=local, text=timestamp_text(at), exact=f"{local:%Y-%m-%d %H:%M:%S %Z}".strip())


def timestamp_text(at: datetime) -> str:
    return format_time(at, with_zone=is_elsewhere(at))


def in_both_calendars(at: datetime) -> str:
    return format_in_both_calendars(at, with_zone=is_elsewhere(at))


def is_elsewhere(at: datetime) -> bool:
    """Whether the time zone of the user's Wagtail account differs from the site's."""
    return timezone.is_aware(at) and timezone.localtime(at).utcoffset() != in_site_time(at).utcoffset()
