"""The digits that a language writes."""

from __future__ import annotations

DIGITS = "0123456789"
NEPALI_DIGITS = "०१२३४५६७८९"  # Babel has them, and doesn't write them


def speaks_nepali(language: str | None) -> bool:
    return (language or "").split("-")[0] == "ne"


def digits_of(language: str | None) -> str:
    """The ten digits, from zero."""
    return NEPALI_DIGITS if speaks_nepali(language) else DIGITS


def with_digits_of(language: str | None, text: str) -> str:
    """The same text with the digits of ``language``."""
    return text.translate(str.maketrans(DIGITS, digits_of(language)))
