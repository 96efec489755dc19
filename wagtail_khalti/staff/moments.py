"""A moment as staff read it, and exactly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from wagtail_khalti.writing import in_site_time, write_in_both_calendars, write_time


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """In the site's time zone, as filters, figures and files count: where that isn't the reader's, it says so."""

    at: datetime
    words: str
    exact: str
    """To the second, for who points at it."""


def moment_of(at: datetime) -> Moment:
    local = in_site_time(at)
    return Moment(at=local, words=words_of(at), exact=f"{local:%Y-%m-%d %H:%M:%S %Z}".strip())


def words_of(at: datetime) -> str:
    return write_time(at, with_zone=is_elsewhere(at))


def in_both_calendars(at: datetime) -> str:
    return write_in_both_calendars(at, with_zone=is_elsewhere(at))


def is_elsewhere(at: datetime) -> bool:
    """Whether the clock of the person who reads, as their account in Wagtail says, differs from the site's."""
    return timezone.is_aware(at) and timezone.localtime(at).utcoffset() != in_site_time(at).utcoffset()
