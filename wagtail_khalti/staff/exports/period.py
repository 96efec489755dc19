"""From which day to which the summary by days goes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from wagtail_khalti.dates.days import today
from wagtail_khalti.dates.nepali import bs_month_of
from wagtail_khalti.staff.listing.export_button import which_payments
from wagtail_khalti.staff.periods import PeriodForm, choices

USUAL_DAYS = 30


class ExportPeriodForm(PeriodForm):
    """Both days have to be named. Where neither was, it is this month of BS so far."""

    use_required_attribute = False

    def __init__(self, request: HttpRequest) -> None:
        asked = {name: request.GET.get(name, "") for name in ("first", "last")}
        super().__init__(asked if any(asked.values()) else usual_period())
        for field in self.fields.values():
            field.required = True


def usual_period() -> dict[str, str]:
    day = today()
    month = bs_month_of(day)
    first = month.first if month else day - timedelta(days=USUAL_DAYS - 1)
    return {"first": first.isoformat(), "last": day.isoformat()}


def often_wanted(request: HttpRequest, first: date | None, last: date | None) -> list[dict[str, Any]]:
    """Links to this page with another period, and all else as it is."""
    found = []
    for choice in choices(today()):
        query = which_payments(request)
        query["first"], query["last"] = choice.first.isoformat(), choice.last.isoformat()
        url = f"{reverse('khalti_payments:export')}?{query.urlencode()}#days"
        found.append({"label": choice.label, "url": url, "is_shown": (choice.first, choice.last) == (first, last)})
    return found
