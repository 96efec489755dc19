"""Numbers and times as the visitor's language writes them."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from babel.dates import format_datetime
from babel.numbers import format_decimal
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language

from wagtail_khalti.digits import digits_of, in_digits_of, speaks_nepali


def digits() -> str:
    """The ten digits of the active language, from zero."""
    return digits_of(get_language())


def write_number(number: int) -> str:
    """In lakhs: ``1,25,125``, or ``१,२५,१२५`` where Nepali is spoken."""
    return _written(number, get_language())


@lru_cache(maxsize=4096)  # a table of a year has the same small numbers a thousand times
def _written(number: int, language: str | None) -> str:
    return in_digits_of(language, format_decimal(number, format="#,##,##0", locale="en"))


def write_time(moment: datetime) -> str:
    """In the site's time zone. Nepali by Babel, whose names of the months are right."""
    local = timezone.localtime(moment) if timezone.is_aware(moment) else moment
    if not speaks_nepali(get_language()):
        return date_format(local, "DATETIME_FORMAT")
    return in_digits_of("ne", format_datetime(local.replace(tzinfo=None), "d MMMM y, HH:mm", locale="ne"))
