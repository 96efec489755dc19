"""Filters with two ends of which each may be missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters.widgets import SuffixedMultiWidget
from wagtail.admin.active_filters import ActiveFilter, BaseFilterAdapter, register_filter_adapter_class

from wagtail_khalti.staff.day_input import DayInput
from wagtail_khalti.staff.forms import RupeesField
from wagtail_khalti.staff.periods import PeriodForm

SUFFIXES = ("from", "to")


class RangeWidget(SuffixedMultiWidget):
    """Two fields to fill in, each with its word."""

    template_name = "wagtail_khalti/staff/list_range.html"
    suffixes = SUFFIXES

    def __init__(self, end: forms.Widget, attrs: Any = None) -> None:
        super().__init__([end, end], attrs)

    def decompress(self, value: Any) -> list[Any]:
        return list(value) if value else [None, None]

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        for end, word in zip(context["widget"]["subwidgets"], (_("From"), _("To")), strict=True):
            end["word"] = word
        return context


class AmountsForm(forms.Form):
    """Both amounts count."""

    first = RupeesField(required=False)
    last = RupeesField(required=False)

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = said.get("first"), said.get("last")
        if first and last and first > last:
            raise ValidationError({"last": _("This amount is below the first one.")})
        return said


class RangeField(forms.Field):
    """Its two ends, or None; a form knows what is wrong with them."""

    ends: type[forms.Form] = PeriodForm
    end: ClassVar[forms.Widget] = DayInput()

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", RangeWidget(self.end))
        super().__init__(**kwargs)

    def clean(self, value: Sequence[Any]) -> tuple[Any, Any] | None:
        form = self.ends(dict(zip(("first", "last"), value, strict=True)))
        if not form.is_valid():
            said = (text for texts in form.errors.values() for text in texts)
            raise ValidationError(list(dict.fromkeys(said)))  # the same of both ends is said once
        first, last = form.cleaned_data["first"], form.cleaned_data["last"]
        return None if first is last is None else (first, last)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return any(data or ())


class DaysField(RangeField):
    """From one day to another, both of them included."""


class AmountsField(RangeField):
    """From one amount to another."""

    ends = AmountsForm
    end = forms.TextInput(attrs={"autocomplete": "off", "placeholder": "1500"})


class RangeFilter(django_filters.Filter):
    """Of the two ends, as they are written in the query: ``paid_from``, ``paid_to``."""

    field_class: ClassVar[type[forms.Field]] = RangeField


class DaysFilter(RangeFilter):
    field_class = DaysField

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", gettext_lazy("Like 2026-11-21, or in Bikram Sambat like 2083-08-05."))
        super().__init__(**kwargs)


class AmountsFilter(RangeFilter):
    field_class = AmountsField

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", gettext_lazy("In rupees."))
        super().__init__(**kwargs)


class RangeAdapter(BaseFilterAdapter):
    """The pill above the list: what was typed, in the calendar in which it was typed."""

    def get_active_filters(self) -> Iterator[ActiveFilter]:
        first, last = (str(end or "").strip() for end in self.bound_field.value())
        words = _("%(first)s to %(last)s") if first and last else _("from %(first)s") if first else _("to %(last)s")
        yield ActiveFilter(
            self.bound_field.auto_id,
            self.filter.label,
            words % {"first": first, "last": last},
            self.get_url_without_filter_param([f"{self.name}_{suffix}" for suffix in SUFFIXES]),
        )


register_filter_adapter_class(RangeFilter, RangeAdapter)
