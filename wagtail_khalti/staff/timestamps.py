"""A moment as staff read it, and exactly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from wagtail_khalti.formatting import format_in_both_calendars, format_time, in_site_time


@dataclass(frozen=True, slots=True, kw_only=True)
class Timestamp:
    """In the site's time zone, as filters, figures and files count: where that isn't the reader's, it says so."""

    at: datetime
    words: str
    exact: str
    """To the second, for who points at it."""


def timestamp_of(at: datetime) -> Timestamp:
    local = in_site_time(at)
    return Timestamp(at=local, words=words_of(at), exact=f"{local:%Y-%m-%d %H:%M:%S %Z}".strip())


def words_of(at: datetime) -> str:
    return format_time(at, with_zone=is_elsewhere(at))


def in_both_calendars(at: datetime) -> str:
    return format_in_both_calendars(at, with_zone=is_elsewhere(at))


def is_elsewhere(at: datetime) -> bool:
    """Whether the clock of the person who reads, as their account in Wagtail says, differs from the site's."""
    return timezone.is_aware(at) and timezone.localtime(at).utcoffset() != in_site_time(at).utcoffset()
