"""What staff may choose of the insights, and what is shown where they chose nothing, or what makes no sense."""

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
from wagtail_khalti.staff.insights.series import Step, is_too_fine, usual_step
from wagtail_khalti.staff.modes import default_mode
from wagtail_khalti.staff.periods import PeriodForm
from wagtail_khalti.staff.sites.accounts import known_merchants

USUAL_DAYS = 30


class ChoiceField(forms.ChoiceField):
    """Doesn't say again what is none of the choices: it may be long, and nobody typed it."""

    default_error_messages: ClassVar = {"invalid_choice": gettext_lazy("Choose an option from the list.")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What the insights are about."""

    first: date
    last: date
    step: Step
    mode: Mode
    merchant: str
    site: int | None
    """The key of the only site; None for all within reach."""


class InsightsForm(PeriodForm):
    """All of it is in the address, so that it can be kept and sent on."""

    by = ChoiceField(
        label=gettext_lazy("Group by"), required=False, choices=[("", gettext_lazy("Automatic")), *Step.choices]
    )
    mode = ChoiceField(label=gettext_lazy("Mode"), required=False, choices=Mode.choices)
    merchant = ChoiceField(label=gettext_lazy("Khalti account"), required=False)
    site = ChoiceField(label=gettext_lazy("Site"), required=False)

    def __init__(self, given: Mapping[str, str], *, sites: Mapping[int, str]) -> None:
        day = today()
        usual = {"first": usual_first(day).isoformat(), "last": day.isoformat(), "mode": default_mode().value}
        super().__init__({name: given.get(name, usual.get(name, "")) for name in self.base_fields})
        self._offer("merchant", {name: name for name in known_merchants()}, all_of_them=_("All accounts"))
        self._offer("site", sites, all_of_them=_("All sites"))

    def clean(self) -> dict[str, Any]:
        self._complete()
        said = super().clean()
        first, last, step = said.get("first"), said.get("last"), said.get("by")
        if first and last and step and not self.errors and is_too_fine(step, first, last):
            raise ValidationError({"by": _("These are too many rows. Group by week or month, or choose fewer days.")})
        return said

    def question(self) -> Question:
        """What is right of it; the usual instead of what isn't. Neither day is right without the other."""
        self.full_clean()
        said = self.cleaned_data
        day, first, last = today(), said.get("first"), said.get("last")
        if not first or not last:
            first, last = usual_first(day), day
        site = said.get("site")
        return Question(
            first=first,
            last=last,
            step=Step(said.get("by") or usual_step(first, last)),
            mode=Mode(said.get("mode") or default_mode()),
            merchant=said.get("merchant") or "",
            site=int(site) if site else None,
        )

    def _complete(self) -> None:
        """The other end, where only one was named."""
        said = self.cleaned_data
        if said.get("first") and "last" in said and not said["last"]:
            said["last"] = max(said["first"], today())
        if said.get("last") and "first" in said and not said["first"]:
            said["first"] = usual_first(said["last"])

    def _offer(self, name: str, choices: Mapping[Any, str], *, all_of_them: str) -> None:
        """Not at all where there is no choice."""
        if len(choices) < 2 and not self.data[name]:
            del self.fields[name]
            return
        self.fields[name].choices = [("", all_of_them), *choices.items()]  # type: ignore[attr-defined]  # a ChoiceField


def usual_first(last: date) -> date:
    """Of the days that end with ``last``, where nobody says how many."""
    return last - timedelta(days=USUAL_DAYS - 1)
