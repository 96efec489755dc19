"""Numbers and times as the visitor's language writes them."""

from __future__ import annotations

from datetime import datetime

from babel.dates import format_datetime
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language

from wagtail_khalti.digits import digits_of, in_digits_of, speaks_nepali


def digits() -> str:
    """The ten digits of the active language, from zero."""
    return digits_of(get_language())


def write_number(number: int) -> str:
    """``5``, or ``५`` where Nepali is spoken."""
    return in_digits_of(get_language(), str(number))


def write_time(moment: datetime) -> str:
    """In the site's time zone. Nepali by Babel, whose names of the months are right."""
    local = timezone.localtime(moment) if timezone.is_aware(moment) else moment
    if not speaks_nepali(get_language()):
        return date_format(local, "DATETIME_FORMAT")
    return in_digits_of("ne", format_datetime(local.replace(tzinfo=None), "d MMMM y, HH:mm", locale="ne"))
