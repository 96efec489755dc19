"""A mobile number of Nepal, as people type it."""

from __future__ import annotations

import unicodedata
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

COUNTRY_CODES = ("+977", "00977", "977")
TRUNK = "0"
"""In front of a number that is dialled within the country; mobile numbers need none, and are written with it."""
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
    """Within the country, without a leading 0. What is no number stays what it is, for the caller to see."""
    text = "".join(_dialled(character) for character in text)
    if len(text) <= MOBILE_DIGITS:
        return text
    text = next((text.removeprefix(code) for code in COUNTRY_CODES if text.startswith(code)), text)
    return text.removeprefix(TRUNK) if len(text) == len(TRUNK) + MOBILE_DIGITS else text


def beginning_as_dialled(text: str) -> str:
    """Likewise of a number of which only the beginning may have been typed."""
    return as_dialled(text).removeprefix("+977").removeprefix("00977").removeprefix(TRUNK)


def _dialled(character: str) -> str:
    """Devanagari digits become 0 to 9; spaces, dashes and the invisible marks around a copied number go."""
    if character.isdecimal():
        return str(int(character))
    return "" if character in "()." or unicodedata.category(character) in ("Zs", "Cc", "Cf", "Pd") else character
