"""Mobile numbers of Nepal, as people type them."""

from __future__ import annotations

import unicodedata
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

COUNTRY_CODES = ("+977", "00977", "977")
TRUNK = "0"
"""The prefix for domestic calls. Mobile numbers don't need it, but some people write it."""
MOBILE_DIGITS = 10


class PhoneField(forms.CharField):
    """A Nepali mobile number; its value is the ten digits, however it was typed."""

    default_error_messages: ClassVar = {"invalid": _("Enter a mobile number of 10 digits, such as 98XXXXXXXX.")}

    def clean(self, value: Any) -> str:
        text = as_dialled(str(super().clean(value)))
        if not text and not self.required:
            return ""
        if not text.isdecimal() or len(text) != MOBILE_DIGITS or text[0] != "9":
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return text


def as_dialled(text: str) -> str:
    """Without country code and leading 0. Text that is not a number is returned unchanged, for the caller to reject."""
    text = "".join(_dialled(character) for character in text)
    if len(text) <= MOBILE_DIGITS:
        return text
    text = next((text.removeprefix(code) for code in COUNTRY_CODES if text.startswith(code)), text)
    return text.removeprefix(TRUNK) if len(text) == len(TRUNK) + MOBILE_DIGITS else text


def beginning_as_dialled(text: str) -> str:
    """Likewise, for a number that may be incomplete."""
    return as_dialled(text).removeprefix("+977").removeprefix("00977").removeprefix(TRUNK)


def _dialled(character: str) -> str:
    """Devanagari digits become 0 to 9; spaces, dashes and invisible characters around a copied number are removed."""
    if character.isdecimal():
        return str(int(character))
    return "" if character in "()." or unicodedata.category(character) in ("Zs", "Cc", "Cf", "Pd") else character
