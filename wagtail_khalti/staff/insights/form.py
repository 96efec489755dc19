"""The filters of the insights, with defaults where a value is missing or not valid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wagtail_khalti.conf import Mode
from wagtail_khalti.dates.days import today
from wagtail_khalti.staff.insights.series import Interval, default_interval, is_too_fine
from wagtail_khalti.staff.modes import default_mode
from wagtail_khalti.staff.periods import PeriodForm
from wagtail_khalti.staff.sites.accounts import known_merchants

DEFAULT_DAYS = 30


class ChoiceField(forms.ChoiceField):
    """Its error doesn't repeat the invalid value: it may be long, and nobody typed it."""

    default_error_messages: ClassVar = {"invalid_choice": gettext_lazy("Choose an option from the list.")}


@dataclass(frozen=True, slots=True, kw_only=True)
class InsightsQuery:
    """What to show."""

    first: date
    last: date
    interval: Interval
    mode: Mode
    merchant: str
    site: int | None
    """The primary key of one site; None for all that the user may see."""


class InsightsForm(PeriodForm):
    """Sent as a GET form, so that the address can be bookmarked and shared."""

    by = ChoiceField(
        label=gettext_lazy("Group by"), required=False, choices=[("", gettext_lazy("Automatic")), *Interval.choices]
    )
    mode = ChoiceField(label=gettext_lazy("Mode"), required=False, choices=Mode.choices)
    merchant = ChoiceField(label=gettext_lazy("Khalti account"), required=False)
    site = ChoiceField(label=gettext_lazy("Site"), required=False)

    def __init__(self, given: Mapping[str, str], *, sites: Mapping[int, str]) -> None:
        day = today()
        defaults = {"first": default_first(day).isoformat(), "last": day.isoformat(), "mode": default_mode().value}
        super().__init__({name: given.get(name, defaults.get(name, "")) for name in self.base_fields})
        self._set_choices("merchant", {name: name for name in known_merchants()}, all_label=_("All accounts"))
        self._set_choices("site", sites, all_label=_("All sites"))

    def clean(self) -> dict[str, Any]:
        self._complete()
        data = super().clean()
        first, last, interval = data.get("first"), data.get("last"), data.get("by")
        if first and last and interval and not self.errors and is_too_fine(interval, first, last):
            raise ValidationError({"by": _("These are too many rows. Group by week or month, or choose fewer days.")})
        return data

    def query(self) -> InsightsQuery:
        """The valid values, and defaults for the others. A period is used only if both of its days are valid."""
        self.full_clean()
        data = self.cleaned_data
        day, first, last = today(), data.get("first"), data.get("last")
        if not first or not last:
            first, last = default_first(day), day
        site = data.get("site")
        return InsightsQuery(
            first=first,
            last=last,
            interval=Interval(data.get("by") or default_interval(first, last)),
            mode=Mode(data.get("mode") or default_mode()),
            merchant=data.get("merchant") or "",
            site=int(site) if site else None,
        )

    def _complete(self) -> None:
        """Add the other day if only one was given."""
        data = self.cleaned_data
        if data.get("first") and "last" in data and not data["last"]:
            data["last"] = max(data["first"], today())
        if data.get("last") and "first" in data and not data["first"]:
            data["first"] = default_first(data["last"])

    def _set_choices(self, name: str, choices: Mapping[Any, str], *, all_label: str) -> None:
        """Without the field if there is only one choice."""
        if len(choices) < 2 and not self.data[name]:
            del self.fields[name]
            return
        self.fields[name].choices = [("", all_label), *choices.items()]  # type: ignore[attr-defined]  # a ChoiceField


def default_first(last: date) -> date:
    """The first day of the default period that ends with ``last``."""
    return last - timedelta(days=DEFAULT_DAYS - 1)
