"""Normalised phrases for the search: regardless of letter case, numerals and punctuation."""

from __future__ import annotations

import unicodedata

MAX_LENGTH = 80  # characters; longer searches are rare
MAX_WORDS = 12
BETWEEN_LETTERS = ".'’"
"""Punctuation inside words that may be left out in a search: K.C."""


def words_of(text: str) -> list[str]:
    """Lower case, Unicode-normalised, with 0 to 9 for any script's digits."""
    text = unicodedata.normalize("NFKC", text).casefold()
    return "".join(map(_letter, unicodedata.normalize("NFKC", text))).split()[:MAX_WORDS]


def phrase_of(text: str) -> str:
    """The search term."""
    return _phrase(words_of(text))


def phrases_of_name(name: str) -> set[str]:
    """One phrase starting with each word, and one of the first and last word, so that any order matches by prefix."""
    words = words_of(name)
    rotated = [words[start:] + words[:start] for start in range(len(words))]
    without_middle = [[words[0], words[-1]]] if len(words) > 2 else []
    return {_phrase(phrase) for phrase in rotated + without_middle}


def phrases_of_text(text: str) -> set[str]:
    """One phrase starting with each word."""
    words = words_of(text)
    return {_phrase(words[start:]) for start in range(len(words))}


def _phrase(words: list[str]) -> str:
    return " ".join(words)[:MAX_LENGTH].rstrip()


def _letter(character: str) -> str:
    if character.isdecimal():
        return str(int(character))
    if character in BETWEEN_LETTERS or unicodedata.category(character) == "Cf":  # joiners of Devanagari, marks
        return ""
    return character if unicodedata.category(character)[0] in "LMN" else " "
