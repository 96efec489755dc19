"""A moment as staff read it, and exactly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from wagtail_khalti.writing import write_time


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """In the time zone of who reads."""

    at: datetime
    words: str
    exact: str
    """To the second, for who points at it."""


def moment_of(at: datetime) -> Moment:
    local = timezone.localtime(at) if timezone.is_aware(at) else at
    return Moment(at=local, words=write_time(at), exact=f"{local:%Y-%m-%d %H:%M:%S %Z}".strip())
