"""The numerals of a language."""

from __future__ import annotations

NUMERALS = "0123456789"
NEPALI_NUMERALS = "०१२३४५६७८९"  # Babel has them, but doesn't use them


def speaks_nepali(language: str | None) -> bool:
    return (language or "").split("-")[0] == "ne"


def numerals_of(language: str | None) -> str:
    """The ten numerals, from zero."""
    return NEPALI_NUMERALS if speaks_nepali(language) else NUMERALS


def with_numerals_of(language: str | None, text: str) -> str:
    """The same text with the numerals of ``language``."""
    return text.translate(str.maketrans(NUMERALS, numerals_of(language)))
