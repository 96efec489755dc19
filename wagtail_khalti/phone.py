"""A mobile number of Nepal, as people type it."""

from __future__ import annotations

import unicodedata
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

COUNTRY_CODES = ("+977", "00977", "977")
MOBILE_DIGITS = 10


class PhoneField(forms.CharField):
    """A Nepali mobile number, kept as its ten digits however it was written."""

    default_error_messages: ClassVar = {"invalid": _("Enter a mobile number of 10 digits, such as 98XXXXXXXX.")}

    def clean(self, value: Any) -> str:
        text = as_dialled(str(super().clean(value)))
        if not text and not self.required:
            return ""
        if not text.isdecimal() or len(text) != MOBILE_DIGITS or text[0] != "9":
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return text


def as_dialled(text: str) -> str:
    """Within the country. What is no number stays what it is, for the caller to see."""
    text = "".join(_dialled(character) for character in text)
    if len(text) <= MOBILE_DIGITS:
        return text
    return next((text.removeprefix(code) for code in COUNTRY_CODES if text.startswith(code)), text)


def _dialled(character: str) -> str:
    """Devanagari digits become 0 to 9; spaces, dashes and the invisible marks around a copied number go."""
    if character.isdecimal():
        return str(int(character))
    return "" if character in "()." or unicodedata.category(character) in ("Zs", "Cc", "Cf", "Pd") else character
