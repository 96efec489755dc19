"""Form fields for answers as people in Nepal type them, and answers to fields that a site has added to the form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from wagtail_khalti.dates.parsing import parse_day
from wagtail_khalti.public.checkout.text_fields import SingleLineField
from wagtail_khalti.questions import Answer, QuestionKind
from wagtail_khalti.text.lines import one_line

NUMBER = re.compile(r"(\d+|\d{1,3}(,\d{2,3})*,\d{3})(\.\d+)?")
"""With or without the commas of thousands or of lakhs. No sign and no exponent."""


class LinesField(forms.CharField):
    """A text of several lines without invisible characters."""

    def to_python(self, value: Any) -> Any:
        lines = map(one_line, str(super().to_python(value) or "").splitlines())
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class NumberField(SingleLineField):
    """A number in any numerals; its value is a text of digits. Leading zeros stay, as in a roll number."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        plain = "".join(str(int(character)) if character.isdecimal() else character for character in text)
        if text and not NUMBER.fullmatch(plain):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return plain.replace(",", "")


class DayField(SingleLineField):
    """A day, typed in AD or BS; its value is ``2026-11-29``, in AD."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        try:
            return parse_day(text).isoformat() if text else ""
        except ValueError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None


class LinkedCheckboxField(forms.BooleanField):
    """A checkbox with something to read first."""

    def __init__(self, *, link: str, **options: Any) -> None:
        super().__init__(**options)
        self.link = link


def answer_of_field(name: str, field: forms.Field, value: Any) -> Answer:
    """A choice by its value, as in the site's code."""
    kind, stored = _kind_and_value(field, value)
    return Answer(name=name, label=str(field.label or name), kind=kind, value=stored)


def stored_values(fields: Mapping[str, forms.Field], stored: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """What was answered before to the fields of the site. What has to be ticked is ticked each time."""
    answered = {answer["name"]: answer["value"] for answer in stored}
    kept = [name for name, field in fields.items() if not (field.required and isinstance(field, forms.BooleanField))]
    return {name: answered[name] for name in kept if name in answered}


def _kind_and_value(field: forms.Field, value: Any) -> tuple[QuestionKind, str | bool | None]:
    if isinstance(field, forms.BooleanField):
        return QuestionKind.CHECKBOX, bool(value)
    if isinstance(field, forms.ChoiceField):
        chosen = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
        return QuestionKind.CHOICE, ", ".join(str(each) for each in chosen if each not in (None, "")) or None
    if isinstance(value, date | datetime | time):
        is_day = isinstance(value, date) and not isinstance(value, datetime)
        return QuestionKind.DATE if is_day else QuestionKind.TEXT, value.isoformat()
    if isinstance(value, int | Decimal):
        return QuestionKind.NUMBER, f"{value:f}" if isinstance(value, Decimal) else str(value)
    is_long = isinstance(field.widget, forms.Textarea)
    return QuestionKind.LONG_TEXT if is_long else QuestionKind.TEXT, None if value in (None, "") else str(value)
