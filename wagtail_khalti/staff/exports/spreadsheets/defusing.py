"""Text that is nothing but text, also for a program that takes a cell for a formula."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable
from operator import itemgetter

from wagtail_khalti.staff.exports.spreadsheets.sheet import Cells

INVISIBLE = r"\s\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff"
FORMULA = re.compile(rf"[\t\r]|[{INVISIBLE}]*[=+\-@＝＋－＠]")
"""How a cell begins that a spreadsheet may calculate, also where spaces or marks that nobody sees come first."""
INNER = re.compile(rf"([;\t\r\n])(?=[{INVISIBLE}]*[=+\-@＝＋－＠])")
"""Where a new cell begins for who opens the file with semicolons or tabs between the cells, as in other countries."""

CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What no file of ours may hold: XML forbids it, and CSV is no better for it."""

HARMLESS = frozenset(string.ascii_letters + string.digits) | {""}
first_of = itemgetter(slice(0, 1))


def without_controls(cells: Cells) -> Cells:
    """Seldom is anything to be done."""
    if not CONTROLS.search("".join(cells)):
        return cells
    return [CONTROLS.sub("", cell) for cell in cells]


def defused(cells: Cells) -> Cells:
    """With an apostrophe before whatever could be a formula. Spreadsheets take it for the sign of a text."""
    if not _all_harmless(map(first_of, cells)):
        cells = [f"'{cell}" if cell[:1] not in HARMLESS and FORMULA.match(cell) else cell for cell in cells]
    if INNER.search("\x00".join(cells)):
        cells = [INNER.sub(r"\1'", cell) for cell in cells]
    return cells


def _all_harmless(beginnings: Iterable[str]) -> bool:
    return HARMLESS.issuperset(beginnings)
