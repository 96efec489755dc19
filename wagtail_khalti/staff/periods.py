"""A period of days, typed in either calendar or chosen from quick ranges."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from wagtail_khalti.dates.days import beginning_of, is_in_nepal
from wagtail_khalti.dates.nepali import NepaliDay, Span, bs_month_of, fiscal_year_of, format_bs
from wagtail_khalti.dates.parsing import parse_day
from wagtail_khalti.numerals import with_numerals_of
from wagtail_khalti.staff.day_input import DayInput

MAX_LENGTH = 3660  # days, ten years; a longer period is a typing error


class DayField(forms.CharField):
    """A day, in AD or BS as it was typed: ``2026-11-21`` or ``2083-08-05``."""

    default_error_messages: ClassVar = {
        "invalid": gettext_lazy("Enter a valid date, such as 2026-11-21, or 2083-08-05 in Bikram Sambat.")
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 30)
        kwargs.setdefault("widget", DayInput)  # no inputmode="numeric": that keyboard of a phone has no dash
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        text = str(super().clean(value))
        if not text and not self.required:
            return None
        try:
            return parse_day(text)
        except ValueError as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error


class PeriodForm(forms.Form):
    """Both days count."""

    first = DayField(label=gettext_lazy("From"), required=False)
    last = DayField(label=gettext_lazy("To"), required=False)

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = said.get("first"), said.get("last")
        if first and last and first > last:
            raise ValidationError({"last": _("The end date is before the start date.")})
        if first and last and (last - first).days >= MAX_LENGTH:
            raise ValidationError({"first": _("A period can't be longer than ten years.")})
        return said


@dataclass(frozen=True, slots=True, kw_only=True)
class QuickRange:
    """A period offered as a link."""

    label: str
    first: date
    last: date


def quick_ranges(day: date) -> Iterator[QuickRange]:
    """Around ``day``, usually today: days, months of Bikram Sambat and fiscal years."""
    yield QuickRange(label=_("Today"), first=day, last=day)
    yield QuickRange(label=_("Last 7 days"), first=day - timedelta(days=6), last=day)
    yield QuickRange(label=_("Last 30 days"), first=day - timedelta(days=29), last=day)
    if month := bs_month_of(day):
        yield QuickRange(label=_("This month (BS)"), first=month.first, last=month.last)
        yield from _earlier(bs_month_of(month.first - timedelta(days=1)), _("Last month (BS)"))
    if year := fiscal_year_of(day):
        yield QuickRange(label=_fiscal_year(year), first=year.first, last=year.last)
        earlier = fiscal_year_of(year.first - timedelta(days=1))
        yield from _earlier(earlier, _fiscal_year(earlier) if earlier else "")


def _fiscal_year(span: Span) -> str:
    return _("Fiscal year %s") % with_numerals_of(get_language(), span.label)


def _earlier(span: Span | None, label: str) -> Iterator[QuickRange]:
    if span:
        yield QuickRange(label=label, first=span.first, last=span.last)


def time_bounds(first: date | None, last: date | None) -> dict[str, datetime]:
    """For a filter: ``gte`` the start of the first day, ``lt`` the start of the day after the last one.

    Days in Nepal start at midnight there, other days in the site's time zone.
    """
    bounds = {}
    if first:
        bounds["gte"] = _beginning_of(first)
    if last:
        bounds["lt"] = _beginning_of(last + timedelta(days=1))
    return bounds


def _beginning_of(day: date) -> datetime:
    if isinstance(day, NepaliDay):
        return beginning_of(day)
    moment = datetime.combine(day, time.min)
    return timezone.make_aware(moment, timezone.get_default_timezone()) if settings.USE_TZ else moment


def during(column: str, first: date | None, last: date | None) -> dict[str, datetime]:
    """The filter itself: the time in ``column`` is within these days."""
    return {f"{column}__{lookup}": moment for lookup, moment in time_bounds(first, last).items()}


def as_typed(day: date) -> str:
    """A day in Nepal for the filters of the list: in AD if the site's days are the same, otherwise in BS."""
    return day.isoformat() if is_in_nepal() else format_bs(day) or day.isoformat()


def time_zone_note() -> str:
    """For pages with daily figures, if days in Nepal differ from those of the site. Otherwise empty."""
    if is_in_nepal():
        return ""
    return _("Days begin and end at midnight in Nepal. Times are in the site's time zone: %s.") % (settings.TIME_ZONE)
