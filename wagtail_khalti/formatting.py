"""Numbers and times in the active language."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, get_timezone_name
from babel.numbers import format_decimal
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

from wagtail_khalti.dates.nepali import day_in_nepal, format_bs
from wagtail_khalti.numerals import numerals_of, speaks_nepali, with_numerals_of

ENGLISH_DAY, ENGLISH_TIME = "j M Y", "j M Y, H:i"


def numerals() -> str:
    """The ten numerals of the active language, from zero."""
    return numerals_of(get_language())


def format_number(number: int) -> str:
    """In lakhs: ``1,25,125``, or ``१,२५,१२५`` in Nepali."""
    return _format_number(number, get_language())


@lru_cache(maxsize=4096)  # a table of a year repeats the same small numbers
def _format_number(number: int, language: str | None) -> str:
    return with_numerals_of(language, format_decimal(number, format="#,##,##0", locale="en"))


def in_site_time(moment: datetime) -> datetime:
    """In the time zone of the settings, not the active one: Wagtail's admin activates that of the user."""
    return moment.astimezone(timezone.get_default_timezone()) if timezone.is_aware(moment) else moment


def format_time(moment: datetime, *, with_zone: bool = False) -> str:
    """``29 Nov 2026, 10:03`` in the site's time zone; ``with_zone`` adds its name."""
    written = _format_time(in_site_time(moment))
    return _("%(time)s, %(zone)s") % {"time": written, "zone": format_zone(moment)} if with_zone else written


def format_day_in_both_calendars(day: date) -> str:
    """``21 Nov 2026 (2083-08-05 BS)``, in the active language."""
    language = get_language() or "en"
    if speaks_nepali(language):
        ad = with_numerals_of("ne", format_date(day, "d MMMM y", locale="ne"))
    else:
        ad = date_format(day, ENGLISH_DAY if language.split("-")[0] == "en" else "DATE_FORMAT")
    bs = with_numerals_of(language, format_bs(day))
    return _("%(ad)s (%(bs)s BS)") % {"ad": ad, "bs": bs} if bs else ad


def format_in_both_calendars(moment: datetime, *, with_zone: bool = False) -> str:
    """``21 Nov 2026, 10:00 (2083-08-05 BS)``, in the active language. A day of BS is a day in Nepal."""
    ad = format_time(moment, with_zone=with_zone)
    bs = with_numerals_of(get_language(), format_bs(day_in_nepal(moment)))
    return _("%(ad)s (%(bs)s BS)") % {"ad": ad, "bs": bs} if bs else ad


def format_zone(moment: datetime) -> str:
    """The name of the site's time zone at this time of the year: ``Nepal Time``."""
    return get_timezone_name(_aware(moment).astimezone(timezone.get_default_timezone()), locale=_babel_locale())


def _format_time(local: datetime) -> str:
    """English in British order. Nepali by Babel, whose names of the months are right; others as Django formats them."""
    language = get_language() or "en"
    if not speaks_nepali(language):
        return date_format(local, ENGLISH_TIME if language.split("-")[0] == "en" else "DATETIME_FORMAT")
    return with_numerals_of("ne", format_datetime(local.replace(tzinfo=None), "d MMMM y, HH:mm", locale="ne"))


def _aware(moment: datetime) -> datetime:
    """Without ``USE_TZ`` times are in the time zone of the settings."""
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment, timezone.get_default_timezone())


def _babel_locale() -> Locale:
    try:
        return Locale.parse(to_locale(get_language() or "en"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")
