"""Stamps of counted days: another one for every change, and for every time zone."""

from __future__ import annotations

import hashlib
import uuid

from django.conf import settings

ZONE_LENGTH, LENGTH = 8, 32


def zone_mark() -> str:
    """With another time zone in the settings each day is another one, and what was counted is worth nothing."""
    zone = f"{settings.TIME_ZONE} {settings.USE_TZ}"
    return hashlib.sha256(zone.encode()).hexdigest()[:ZONE_LENGTH]


def new_stamp() -> str:
    return (zone_mark() + uuid.uuid4().hex)[:LENGTH]
