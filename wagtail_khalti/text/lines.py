"""What people typed, as one line in which everything can be seen."""

from __future__ import annotations

import re
import unicodedata

JOINERS = "\u200c\u200d"
"""Seen by what they do to the letters around them, in Devanagari and elsewhere."""
BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and signs to Unicode, and yet nothing but a gap."""
MANY_JOINERS = re.compile(f"([{JOINERS}])[{JOINERS}]+")


def one_line(text: str) -> str:
    """Without what would begin a new line or a new header, turn the rest of the line around, or hide in it.

    Halves of characters stay, for the caller to refuse.
    """
    words = "".join(map(_visible, text)).split()
    return " ".join(word for word in (MANY_JOINERS.sub(r"\1", word.strip(JOINERS)) for word in words) if word)


def _visible(sign: str) -> str:
    category = unicodedata.category(sign)
    if category in ("Cc", "Zl", "Zp") or sign in BLANKS:
        return " "
    return "" if category == "Cf" and sign not in JOINERS else sign
