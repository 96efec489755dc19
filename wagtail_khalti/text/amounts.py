"""Amounts of rupees, as people type them."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from wagtail_khalti.numerals import NEPALI_NUMERALS, NUMERALS

CURRENCY = "nrs|npr|rs|rupees|₨|रुपैयाँ|रुपैया|रू|रु"
GROUPS = r"\d{1,3}(?:,\d{3})+|\d{1,2}(?:,\d{2})+,\d{3}"  # thousands, or lakhs
AMOUNT = re.compile(
    rf"(?:(?:{CURRENCY})\.?\s*)?(?P<whole>{GROUPS}|\d+)(?:\.(?P<paisa>\d+))?\s*(?:/[-=])?\s*(?:(?:{CURRENCY})\.?)?",
    re.ASCII | re.IGNORECASE,
)
BETWEEN_DIGITS = re.compile(r"(?<=\d)\s(?=\d)", re.ASCII)
MAX_DECIMALS = 2

DIGITS = str.maketrans(NEPALI_NUMERALS, NUMERALS)
"""Other scripts write thousands and decimals with other signs, so their digits are not accepted."""
FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}  # as some phones and East Asian keyboards type


class TooManyDecimals(ValueError):
    """There is no smaller unit than the paisa, and elsewhere ``1.000`` is a thousand."""


def parse_rupees(text: str) -> Decimal:
    """``1000.50``, ``1,000``, ``1,00,000``, ``Rs 1,000/-``, also in Devanagari digits; in rupees.

    Raises ``ValueError`` for everything else, also where a reader could doubt what is meant: ``1,00`` or ``1e3``.
    """
    found = AMOUNT.fullmatch(_plain(text))
    if not found:
        raise ValueError("This is not an amount")
    whole, paisa = found["whole"].replace(",", ""), found["paisa"] or ""
    if len(paisa) > MAX_DECIMALS:
        raise TooManyDecimals("An amount has at most two decimals")
    return Decimal(f"{whole}.{paisa or '0'}")


def _plain(text: str) -> str:
    """With 0 to 9, single spaces, and without the invisible marks around a copied number."""
    visible = "".join(character for character in text if unicodedata.category(character) != "Cf")
    return BETWEEN_DIGITS.sub(",", " ".join(visible.translate(FULL_WIDTH).translate(DIGITS).split()))
