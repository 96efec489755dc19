"""Words as a search compares them: in one spelling, whatever the letter case, the digits or the marks around."""

from __future__ import annotations

import unicodedata

MAX_LENGTH = 80  # characters; nobody types more of a name
MAX_WORDS = 12
BETWEEN_LETTERS = ".'’"
"""What belongs to a word, and may be left out when it is typed: K.C."""


def words_of(text: str) -> list[str]:
    """In small letters and composed as Unicode has them; 0 to 9 for any script's digits."""
    text = unicodedata.normalize("NFKC", text).casefold()
    return "".join(map(_letter, unicodedata.normalize("NFKC", text))).split()[:MAX_WORDS]


def phrase_of(text: str) -> str:
    """What is looked for, all of it or how it begins."""
    return _phrase(words_of(text))


def phrases_of_name(name: str) -> set[str]:
    """With each word in front, and the last behind the first: whichever is typed, in either order, one begins so."""
    words = words_of(name)
    turned = [words[start:] + words[:start] for start in range(len(words))]
    without_middle = [[words[0], words[-1]]] if len(words) > 2 else []
    return {_phrase(phrase) for phrase in turned + without_middle}


def phrases_of_text(text: str) -> set[str]:
    """From each word on."""
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
