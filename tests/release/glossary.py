"""The words of ``docs/glossary.md`` that stand in its last column, and where a text or a name has one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

GLOSSARY = Path("docs/glossary.md")

NOT = """
ask, inquiry, learn, Khalti last asked, settle, evidence passes the gate, road, STAY, ODD, evidence, meaning, word,
review, matter, needs you, needs a look, needs a person, came right by itself, news, told, heard,
the site's code was told, give back, went back, left, remains, book, being sent, in doubt, not made, made elsewhere,
say what became of it, is_sale, paid twice, claim, in hand, outage, line, money in, fees of Khalti, what is left of it,
keep, count, count anew, recount, stamp, place, opening, seller, paid to, within reach, sight, personal,
not shown to you, deed, door, step, story, origins, moments, tones, what happened, for, what for,
what is paid for, what it is made of, part, way on, way back, way to pay, MOST_, LONGEST_, SOONEST_, A_FEW, LIFE_OF_,
writing, digits
"""
"""The last column of the glossary, where there is none yet."""

# Ordinary English: in a sentence they mean what they say ("Learn more", "in its place", "It is being sent to Khalti").
# So they are looked for inside of names, and where they are all of a label, but not inside of sentences.
NOT_IN_SENTENCES = {
    "ask", "being sent", "book", "keep", "learn", "meaning", "moments", "money in", "opening", "paid to",
    "paid twice", "part", "personal", "place", "remains", "sight", "stamp", "step", "tones", "word", "writing",
}  # fmt: skip
# Good inside of names, too ("merchant_for", "line_items", "times_left", "MOBILE_DIGITS"): where they are all of a name,
# or of a label.
ONLY_ALONE = {"digits", "for", "left", "line"}
# A number of something has this name in Django as well: only a module or a function that does it is meant.
ONLY_AS_VERB = {"count"}

FORMS = {
    "ask": ("asks", "asked", "asking"),
    "book": ("books", "booked"),
    "claim": ("claims", "claimed"),
    "give back": ("gives back", "gave back", "given back", "giving back"),
    "inquiry": ("inquiries",),
    "keep": ("keeps", "kept", "keeping"),
    "learn": ("learns", "learned", "learnt"),
    "remains": ("remain", "remaining"),
    "settle": ("settles", "settled", "settling"),
    "story": ("stories",),
    "went back": ("goes back", "gone back"),
}
"""Beside a plural with "s", which each word has. “Go back” is what a link says."""

PROSE = {"message", "template text", "label"}
VERBS = {"module", "public name"}


@dataclass(frozen=True, slots=True)
class Use:
    """A text that people read, or a name that developers use."""

    place: str
    kind: str
    text: str


def words_in(use: Use) -> Iterator[str]:
    is_prose = use.kind in PROSE
    name = use.text.rpartition(".")[2]  # the class has been looked at by itself
    for word in unwanted():
        if is_constant(word):
            found = not is_prose and is_in_constant(word, name)
        elif word in ONLY_AS_VERB:
            found = use.kind in VERBS and is_all_of(word, use.text)
        elif word in ONLY_ALONE:
            found = is_all_of(word, use.text if is_prose else name)
        elif not is_prose:
            found = any(is_in_name(form, name) for form in forms(word))
        elif word in NOT_IN_SENTENCES:
            found = any(is_all_of(form, use.text) for form in forms(word))
        else:
            found = any(is_in_sentence(form, use.text) for form in forms(word))
        if found:
            yield word


@cache
def unwanted() -> tuple[str, ...]:
    words = from_glossary(GLOSSARY.read_text()) if GLOSSARY.exists() else NOT.split(",")
    return tuple(dict.fromkeys(" ".join(word.split()) for word in words))


def from_glossary(text: str) -> list[str]:
    """The quoted words in the last column of those tables in which it is headed “Not”."""
    words: list[str] = []
    is_ours = was_row = False
    for line in text.splitlines():
        is_row = line.lstrip().startswith("|")
        last = line.strip().strip("|").rpartition("|")[2].strip() if is_row else ""
        if is_row and not was_row:
            is_ours = last.lower() == "not"
        elif is_ours:
            words += re.findall(r"[\"“`]([^\"”`]+)[\"”`]", last)
        was_row = is_row
    return words


@cache
def forms(word: str) -> tuple[str, ...]:
    return (word, f"{word}s", *FORMS.get(word.lower(), ()))


def is_constant(word: str) -> bool:
    return word.isupper()


def is_in_constant(word: str, name: str) -> bool:
    return name.isupper() and (name.startswith(word) if word.endswith("_") else f"_{word}_" in f"_{name}_")


def is_all_of(word: str, text: str) -> bool:
    return word.lower() == text.lower().strip(" :.…")


def is_in_name(word: str, name: str) -> bool:
    """Also inside of a longer one, in its own words: ``needs_you_item``, ``NeedsYouItem``."""
    return f" {' '.join(parts(word))} " in f" {' '.join(parts(name))} "


@cache
def parts(name: str) -> tuple[str, ...]:
    return tuple(part.lower() for part in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z']+|\d+", name))


def is_in_sentence(word: str, text: str) -> bool:
    plain = re.sub(r"%\(\w+\)[a-z]|\{\w*\}|’", lambda found: "'" if found[0] == "’" else "…", text)
    return bool(re.search(rf"(?<![\w'-]){re.escape(word)}(?![\w-])", " ".join(plain.split()), re.IGNORECASE))
