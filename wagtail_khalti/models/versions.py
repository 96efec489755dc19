"""Stamps of counted days: another one for every change, and for every way to store moments."""

from __future__ import annotations

import hashlib
import uuid

from django.conf import settings

ZONE_LENGTH, LENGTH = 8, 32


def zone_mark() -> str:
    """Where moments are stored without a zone, another one in the settings makes them others: all is counted anew."""
    zone = f"Nepal {settings.USE_TZ or settings.TIME_ZONE}"
    return hashlib.sha256(zone.encode()).hexdigest()[:ZONE_LENGTH]


def new_version() -> str:
    return (zone_mark() + uuid.uuid4().hex)[:LENGTH]
