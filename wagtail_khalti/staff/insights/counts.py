"""Percentages and durations as staff read them."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wagtail_khalti.formatting import format_number

MINUTE, HOUR, DAY = 60, 3600, 86_400  # seconds


def format_share(part: int, whole: int) -> str:
    """``70 %``. Only the whole is 100 %, and only nothing is 0 %. Empty if ``whole`` is zero."""
    if whole <= 0 or part > whole:
        return ""
    rounded = (200 * part + whole) // (2 * whole)
    percent = rounded if part in (0, whole) else min(99, max(1, rounded))
    return _("%(number)s %%") % {"number": format_number(percent)}


def format_duration(duration: timedelta) -> str:
    """``4 minutes``: in the largest unit that fits."""
    seconds = round(duration.total_seconds())
    if seconds < MINUTE:
        return _counted(ngettext("%(number)s second", "%(number)s seconds", seconds), seconds)
    if seconds < HOUR:
        minutes = seconds // MINUTE
        return _counted(ngettext("%(number)s minute", "%(number)s minutes", minutes), minutes)
    if seconds < DAY:
        hours = seconds // HOUR
        return _counted(ngettext("%(number)s hour", "%(number)s hours", hours), hours)
    days = seconds // DAY
    return _counted(ngettext("%(number)s day", "%(number)s days", days), days)


def _counted(words: str, number: int) -> str:
    return words % {"number": format_number(number)}
