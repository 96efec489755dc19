"""Prevents CSV injection: text that a spreadsheet would take for a formula."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable
from operator import itemgetter

from wagtail_khalti.xlsx import Cells

INVISIBLE = r"\s\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff"
FORMULA = re.compile(rf"\A(?:[\t\r]|[{INVISIBLE}]*[=+\-@＝＋－＠])")
"""The start of a cell that a spreadsheet may calculate, also after spaces and invisible characters."""
SEPARATORS = ";\t\r\n"
"""Characters that separate cells if the file is opened with semicolons or tabs as separators."""
INNER = re.compile(rf"([{SEPARATORS}][;{INVISIBLE}]*)([=+\-@＝＋－＠]?)")
"""The start of a cell after such a separator. It always consumes what follows, also without a sign: a pattern with a
failing lookahead would scan the same characters again from the next separator."""

HARMLESS = frozenset(string.ascii_letters + string.digits) | {""}
first_of = itemgetter(slice(0, 1))


def defused(cells: Cells) -> Cells:
    """With an apostrophe before anything that could be a formula. Spreadsheets read it as the mark of a text."""
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
