"""Text that is nothing but text, also for a program that takes a cell for a formula."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable
from operator import itemgetter

from wagtail_khalti.xlsx import Cells

INVISIBLE = r"\s\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff"
FORMULA = re.compile(rf"\A(?:[\t\r]|[{INVISIBLE}]*[=+\-@＝＋－＠])")
"""How a cell begins that a spreadsheet may calculate, also where spaces or marks that nobody sees come first."""
SEPARATORS = ";\t\r\n"
"""Between cells for who opens the file with semicolons or tabs between them, as in other countries."""
INNER = re.compile(rf"([{SEPARATORS}][;{INVISIBLE}]*)([=+\-@＝＋－＠]?)")
"""How a cell begins for them. It matches at each separator and goes past all that follows, sign or not: a pattern that
looked ahead and failed would look through the same signs again from the next separator on."""

HARMLESS = frozenset(string.ascii_letters + string.digits) | {""}
first_of = itemgetter(slice(0, 1))


def defused(cells: Cells) -> Cells:
    """With an apostrophe before whatever could be a formula. Spreadsheets take it for the sign of a text."""
    if not _all_harmless(map(first_of, cells)):
        cells = [f"'{cell}" if cell[:1] not in HARMLESS and FORMULA.match(cell) else cell for cell in cells]
    text = "".join(cells)
    if any(separator in text for separator in SEPARATORS):
        cells = [INNER.sub(_defused_inside, cell) for cell in cells]
    return cells


def _defused_inside(beginning: re.Match[str]) -> str:
    gap, sign = beginning.groups()
    return f"{gap}'{sign}" if sign else gap


def _all_harmless(beginnings: Iterable[str]) -> bool:
    return HARMLESS.issuperset(beginnings)
