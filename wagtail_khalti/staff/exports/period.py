"""The period of the daily summary."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from wagtail_khalti.dates.days import today
from wagtail_khalti.dates.nepali import bs_month_of
from wagtail_khalti.staff.listing.export_button import which_payments
from wagtail_khalti.staff.periods import PeriodForm, quick_ranges

DEFAULT_DAYS = 30


class ExportPeriodForm(PeriodForm):
    """Both days are required. Without any, the period is the current month of BS up to today."""

    use_required_attribute = False

    def __init__(self, request: HttpRequest) -> None:
        given = {name: request.GET.get(name, "") for name in ("first", "last")}
        super().__init__(given if any(given.values()) else default_period())
        for field in self.fields.values():
            field.required = True


def default_period() -> dict[str, str]:
    day = today()
    month = bs_month_of(day)
    first = month.first if month else day - timedelta(days=DEFAULT_DAYS - 1)
    return {"first": first.isoformat(), "last": day.isoformat()}


def quick_range_links(request: HttpRequest, first: date | None, last: date | None) -> list[dict[str, Any]]:
    """Links to this page with another period and the same filters."""
    links = []
    for choice in quick_ranges(today()):
        query = which_payments(request)
        query["first"], query["last"] = choice.first.isoformat(), choice.last.isoformat()
        url = f"{reverse('khalti_payments:export')}?{query.urlencode()}#days"
        links.append({"label": choice.label, "url": url, "is_shown": (choice.first, choice.last) == (first, last)})
    return links
