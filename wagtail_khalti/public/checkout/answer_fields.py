"""Form fields for answers as people in Nepal type them."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from wagtail_khalti.dates.parsing import parse_day
from wagtail_khalti.public.checkout.text_fields import SingleLineField
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
