"""How the manual is written: what a formatter would hold, and what no formatter knows."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from tests.docs.blocks import PAGES, ROOT, name_of

A_LINE_OF_ITS_OWN = re.compile(r"^\s*(#|[-*+] |\d+\. |\||>|!\[|<|:|```|---|$)")
AMERICAN = re.compile(r"\b(cancel(?:ed|ing)|recogniz|customiz|organiz|synchroniz|behavior|colors?\b)", re.IGNORECASE)


def prose_of(page):
    """Its lines with their numbers, without code blocks."""
    in_code = False
    for number, line in enumerate(page.read_text().splitlines(), start=1):
        if line.lstrip().startswith("```"):
            in_code = not in_code
        elif not in_code:
            yield number, line


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_paragraph_is_one_line(page):
    """So that a changed word is one changed line, and nobody wraps by hand."""
    lines = [(0, ""), *prose_of(page)]
    continued = [
        number
        for (before_number, before), (number, line) in pairwise(lines)
        if before.strip()
        and number == before_number + 1
        and not A_LINE_OF_ITS_OWN.match(line)
        and not before.lstrip().startswith(("#", "|", "<!--"))
    ]

    assert continued == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_spelling_is_british(page):
    """``canceled`` is a status: in code type, or in a table."""
    words = [
        (number, found[0])
        for number, line in prose_of(page)
        if not line.startswith("|")
        for found in AMERICAN.finditer(re.sub(r"`[^`]*`", "", line))
    ]

    assert words == []


def test_the_glossary_says_what_we_do_not_say():
    rows = [line for line in (ROOT / "docs/glossary.md").read_text().splitlines() if line.startswith("| ")][1:]
    not_said = [row.rstrip(" |").rpartition(" | ")[2] if not row.endswith("| |") else "" for row in rows]

    assert len(rows) > 30
    assert [words for words in not_said if not re.fullmatch(r'(?:"[^"]+"(?:, "[^"]+")*)?', words)] == []


def test_the_glossary_is_in_order():
    terms = re.findall(r"^\| ([^|]+) \|", (ROOT / "docs/glossary.md").read_text(), re.MULTILINE)[1:]

    assert terms == sorted(terms, key=str.lower)
