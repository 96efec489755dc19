"""Typed text as one line without invisible characters."""

from __future__ import annotations

import re
import unicodedata

JOINERS = "\u200c\u200d"
"""Zero-width joiners, which change the letters around them in Devanagari and other scripts."""
BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and symbols by their Unicode category, but displayed as blanks."""
MANY_JOINERS = re.compile(f"([{JOINERS}])[{JOINERS}]+")


def one_line(text: str) -> str:
    """Without line breaks, control characters, text direction marks and invisible characters.

    Lone surrogates stay, for the caller to reject.
    """
    words = "".join(map(_visible, text)).split()
    return " ".join(word for word in (MANY_JOINERS.sub(r"\1", word.strip(JOINERS)) for word in words) if word)


def _visible(character: str) -> str:
    category = unicodedata.category(character)
    if category in ("Cc", "Zl", "Zp") or character in BLANKS:
        return " "
    return "" if category == "Cf" and character not in JOINERS else character
